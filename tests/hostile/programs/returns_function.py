def double(n):
    return lambda: 2 * n
