def double(n):
    return 1 << (80 << 20)
