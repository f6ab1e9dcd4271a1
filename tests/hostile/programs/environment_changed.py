import locale, os, sys
os.environ.clear()
os.environ["PYTHONPATH"] = os.environ["LD_PRELOAD"] = "/work/evil.so"
os.chdir("/")
os.umask(0o777)
sys.path[:] = []
sys.argv[:] = ["--passed"]
os.nice(19)
def double(n):
    return n + n
