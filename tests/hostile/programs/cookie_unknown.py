# -*- coding: no-such-codec -*-
def double(n):
    return n + n
