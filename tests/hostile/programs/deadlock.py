import _thread
def double(n):
    lock = _thread.allocate_lock()
    lock.acquire()
    lock.acquire()
