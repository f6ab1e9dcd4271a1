# Right answers, then work at exit that never ends.
import atexit, time
atexit.register(time.sleep, 10 ** 6)
def double(n):
    return n + n
