# 200 kB is much, and no crime.
def double(n):
    for _ in range(1000):
        print("x" * 99)
    return n + n
