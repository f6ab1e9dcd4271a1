import time
n = int(input())
print(2 * n, flush=True)
time.sleep(10 ** 6)
