import threading, time
threading.Thread(target=time.sleep, args=(10 ** 6,)).start()
def double(n):
    return n + n
