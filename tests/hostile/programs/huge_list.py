def double(n):
    return [0] * (20 << 20)
