"""The layouts that trainers read, one small file for each format."""
