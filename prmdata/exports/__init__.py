"""The layouts that trainers read, one small file a format."""
