# __name__, __file__, __builtins__ and __loader__ of the module are not what they seem.
__name__ = "__main__"
__file__ = "/etc/passwd"
__builtins__ = {}
__loader__ = None
def double(n):
    return n + n
