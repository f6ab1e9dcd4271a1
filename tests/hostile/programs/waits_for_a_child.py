import os, signal
def double(n):
    child = os.fork()
    if child == 0:
        signal.pause()
    os.waitpid(child, 0)
    return 0
