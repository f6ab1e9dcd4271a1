# More than the container has, though no process has more than it may.
import os, time
def double(n):
    for _ in range(12):
        if os.fork() == 0:
            held = bytearray(b"x") * (100 << 20)
            time.sleep(60)
    time.sleep(60)
