import re
def double(n):
    return re.match(r"(a|a)*b", "a" * 64)
