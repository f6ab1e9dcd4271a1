def double(n):
    raise GeneratorExit
