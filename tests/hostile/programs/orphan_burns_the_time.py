import os
import time


def double(n):
    reading, writing = os.pipe()
    if os.fork() == 0:
        if os.fork() == 0:
            end = time.process_time() + 0.9
            while time.process_time() < end:
                pass
            os.write(writing, b"%d" % (n + n))
        os._exit(0)
    os.wait()
    return int(os.read(reading, 9))
