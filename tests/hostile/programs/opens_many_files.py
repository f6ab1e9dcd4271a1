held = []
def double(n):
    while True:
        held.append(open("/dev/null"))
