# An output of 200 kB is long, but it is allowed.
def double(n):
    for _ in range(1000):
        print("x" * 99)
    return n + n
