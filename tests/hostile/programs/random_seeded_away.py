# Different each time on purpose: no verdict of it can be repeated.
import os
def double(n):
    raise type("E" + os.urandom(8).hex(), (Exception,), {})
