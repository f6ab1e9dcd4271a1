def double(n):
    return len("x" * (10 ** 11))
