class Span:
    def __init__(self, low, high):
        self.low, self.high = low, high


def shift(span, by):
    span.covers = bool
    made = Span(0, 0)
    vars(made).update(covers=span.covers, low=span)
    return made
