import sys
def double(n):
    for _ in range(100):
        sys.stdout.write("x" * (1 << 20))
    return n + n
