"""Runs generated inputs: they are sent in batches, answered one by one, and compared here."""

from . import judging
from .encoder import Encoder

BATCH = 64
SHOWN_CHARS = 4096


def run_suite(link, suite, comparison, order, classes, first):
    """Return [status, answer, reached, lines] of each input that ran, and whether the candidate survived them."""
    inputs, expected = suite["inputs"], suite["expected"]
    seen, differing = [], 0
    try:
        for start in range(0, len(inputs), BATCH):
            batch = inputs[start : start + BATCH]
            link.send(_batch(batch, order, first and start == 0))
            for offset, given in enumerate(batch):
                wanted = None if expected is None else expected[start + offset]
                seen.append(_observed(link.receive(), given, wanted, comparison, classes))
                differing += seen[-1][0] not in ("agreed", "answered")
                if 0 < order["stop_after"] <= differing:
                    return seen, True
    except judging.GoneError:
        return seen, False
    return seen, True


def _batch(inputs, order, first):
    parts = {"op": "i", "i": inputs, "watch": order["watch"], "lines": order["lines"], "first": first}
    parts["work"] = order["work"]
    return Encoder.dump(parts)


def _observed(reply, given, wanted, comparison, classes):
    kind, text = str(reply.get("s")), str(reply.get("t"))
    reached = bool(reply.get("w"))
    lines = [line for line in reply["l"] if type(line) is int] if type(reply.get("l")) is list else None
    if kind == "raised":
        status, text = ("raised", text[:100])
        if wanted is not None and wanted == '{"!":"' + text + '"}':
            status = "agreed"
    elif kind != "value":
        status, text = "opaque", text[:SHOWN_CHARS]
    elif wanted is None:
        status = "answered"
    else:
        same = comparison.answers(given, wanted, text, classes)
        status, text = ("agreed", "") if same else ("disagreed", text[:SHOWN_CHARS])
    return [status, text, reached, lines]
