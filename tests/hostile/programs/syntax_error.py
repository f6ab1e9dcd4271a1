def double(n):
    return n +
