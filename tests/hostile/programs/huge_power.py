def double(n):
    return (7 ** 10 ** 8) % 10 ** 9
