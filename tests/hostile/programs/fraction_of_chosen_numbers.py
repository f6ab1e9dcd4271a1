import os
from fractions import Fraction


def double(n):
    made = Fraction(1, 2)
    made._numerator, made._denominator = (int.from_bytes(os.urandom(10**6)) for _ in "ab")
    return made
