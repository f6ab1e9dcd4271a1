"""How often labels are wrong, measured against larger tests."""
