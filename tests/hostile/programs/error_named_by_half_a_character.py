class Odd(type):
    __name__ = property(lambda self: "\udcff")


class Wrong(ValueError, metaclass=Odd):
    pass


def double(n):
    raise Wrong("\ud801")
