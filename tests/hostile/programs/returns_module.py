import sys
def double(n):
    return sys
