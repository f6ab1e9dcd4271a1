def double(n):
    number = 0
    while True:
        number += 1
        open(f"empty{number}", "w").close()
