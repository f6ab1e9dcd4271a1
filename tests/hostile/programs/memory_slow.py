def double(n):
    held = []
    while True:
        held.append(object())
        held.append([0] * 1000)
