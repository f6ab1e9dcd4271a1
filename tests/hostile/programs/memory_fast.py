def double(n):
    return len(bytearray(1 << 34))
