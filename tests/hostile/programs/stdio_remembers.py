# Tries to carry something from one test to the next.
import os
n = int(input())
if os.path.exists("seen"):
    print("seen")
else:
    open("seen", "w").close()
    print(2 * n)
