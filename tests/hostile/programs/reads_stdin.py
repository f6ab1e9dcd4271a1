def double(n):
    return int(input())
