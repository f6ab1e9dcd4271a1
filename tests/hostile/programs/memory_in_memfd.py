# Pages of an anonymous file belong to nobody's address space.
import os
def double(n):
    page = b"x" * (1 << 24)
    files = []
    while True:
        fd = os.memfd_create("hidden")
        files.append(fd)
        os.write(fd, page)
