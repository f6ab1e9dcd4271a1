# Wrong answers; a grandchild keeps the descriptors and speaks for its dead parent.
import os, time
def double(n):
    if os.fork() == 0:
        os.setsid()
        while True:
            for fd in range(3, 64):
                try:
                    os.write(fd, b'{"i": 1, "v": 42}\n')
                except OSError:
                    pass
            time.sleep(0.01)
    return 0
