import sys
sys.setrecursionlimit(2 ** 31 - 1)
def double(n):
    return double(n)
