def half(n):
    return float("inf")
