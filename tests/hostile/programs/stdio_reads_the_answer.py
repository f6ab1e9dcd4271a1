# The expected output must not be anywhere in reach.
import glob, os, sys
number = int(sys.stdin.readline())
wanted = str(2 * number)
for path in glob.glob("/work/**", recursive=True) + glob.glob("/proc/*/fd/*") + glob.glob("/proc/*/environ") + glob.glob("/proc/*/cmdline"):
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        if wanted.encode() in os.read(fd, 1 << 16):
            print(wanted)
            break
    except OSError:
        pass
