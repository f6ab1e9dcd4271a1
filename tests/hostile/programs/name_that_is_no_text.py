import ctypes

ctypes.CDLL(None).prctl(15, b"\xfe\xff)(", 0, 0, 0)


def double(n):
    while True:
        pass
