# Right, but a grandchild holds the pipe open: waiting for its end would be a false time-out.
import os, time
n = int(input())
print(2 * n, flush=True)
if os.fork() == 0:
    os.setsid()
    time.sleep(10 ** 6)
