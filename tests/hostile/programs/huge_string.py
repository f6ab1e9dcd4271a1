def double(n):
    return "x" * (100 << 20)
