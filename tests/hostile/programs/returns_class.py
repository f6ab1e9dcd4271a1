def double(n):
    return int
