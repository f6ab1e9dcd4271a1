def double(n):
    value = []
    for _ in range(200000):
        value = [value]
    return repr(value)
