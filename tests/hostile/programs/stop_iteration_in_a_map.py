def even(n):
    raise StopIteration
