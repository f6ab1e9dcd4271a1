# The parent sleeps; the CPU time is its children's.
import os, time
def double(n):
    for _ in range(4):
        if os.fork() == 0:
            while True:
                pass
    time.sleep(10 ** 6)
