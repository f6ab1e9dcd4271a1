import mmap
def double(n):
    held = []
    while True:
        shared = mmap.mmap(-1, 1 << 24)
        shared.write(b"x" * (1 << 24))
        held.append(shared)
