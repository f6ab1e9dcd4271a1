"""The standard input of a candidate."""

import fcntl
import os


def stdin(data):
    """Return a descriptor to read ``data`` from: a pipe, as most judges use, or a file for data that no pipe holds."""
    reading, writing = os.pipe()
    try:
        try:
            fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, max(len(data), 1))
        except OSError:
            pass  # more than this user may have; it may still hold the data
        os.set_blocking(writing, False)
        if not data or os.write(writing, data) == len(data):
            return reading
    except BlockingIOError:
        pass
    finally:
        os.close(writing)
    os.close(reading)
    whole = os.memfd_create("stdin")
    with open(whole, "wb", closefd=False) as file:
        file.write(data)
    os.lseek(whole, 0, os.SEEK_SET)
    return whole
