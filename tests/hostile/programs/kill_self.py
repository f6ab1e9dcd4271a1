import os, signal
def double(n):
    os.kill(os.getpid(), signal.SIGKILL)
