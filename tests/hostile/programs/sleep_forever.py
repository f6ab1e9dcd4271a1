import time
def double(n):
    time.sleep(10 ** 6)
