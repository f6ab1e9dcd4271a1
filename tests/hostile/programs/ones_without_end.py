def ones(count):
    return range(10**14)
