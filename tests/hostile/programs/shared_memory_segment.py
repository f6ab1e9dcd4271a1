# A System V segment outlives its process.
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
made = libc.shmget(0x70726D, 1 << 20, 0o1666)
def double(n):
    return n + n
