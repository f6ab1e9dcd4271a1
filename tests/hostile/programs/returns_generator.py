def double(n):
    return (2 * i for i in [n])
