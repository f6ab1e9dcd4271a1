# 60 lists in memory, 2**60 when written out.
def double(n):
    value = [0]
    for _ in range(60):
        value = [value, value]
    return value
