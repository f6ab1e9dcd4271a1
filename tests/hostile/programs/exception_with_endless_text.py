class Long(Exception):
    def __str__(self): return "x" * (1 << 28)
def double(n):
    raise Long
