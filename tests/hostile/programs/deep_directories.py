import os
for _ in range(2000):
    os.mkdir("d")
    os.chdir("d")
def double(n):
    return n + n
