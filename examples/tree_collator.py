"""Batches of prefix trees (`prmdata export --format tree --tokenizer T`): a token attends to itself and to what it comes after.

Losses and gradients are those of the rows one by one, since neither the place of a token (its depth) nor what it attends
to differs. A tree longer than `max_length` is split: each part repeats what its first node comes after, without labels.
"""

from collections import Counter

import torch


def refuse(config):
    """Raise ValueError for a model that cannot see a tree as it sees rows: the mask alone must say what it attends to."""
    kinds = set(getattr(config, "layer_types", None) or []) - {"full_attention"}
    if kinds or (getattr(config, "sliding_window", None) and getattr(config, "use_sliding_window", True)):
        what = ", ".join(sorted(kinds)) or f"a sliding window of {config.sliding_window}"
        raise ValueError(f"{config.model_type}: its layers have {what}, which counts a tree's tokens in their order "
                         "and not by depth; train it on flat rows (--format token-classification)")  # fmt: skip


def parts(row, max_length, counts=None):
    """The row as trees of at most `max_length` tokens: lists of nodes, each (first token, end, label, weight), and how
    many of them the part only repeats. `counts`: tokens, repeated tokens, and labels deeper than any part."""
    counts = Counter() if counts is None else counts
    ids, parents, depths = row["input_ids"], row["parent_positions"], row["position_ids"]
    path, nodes, repeats, size, start = [], [], 0, 0, 0
    for i, end in enumerate(row["ends"]):
        stop = max(end + 1, start)  # an empty question has no tokens
        del path[row["depth"][i] :]
        path.append((start, stop, row["label"][i], row["weight"][i]))
        if end >= 0 and depths[end] >= max_length:
            counts["labels too deep"] += row["weight"][i]
        elif size + stop - start > max_length:
            yield tree(ids, parents, depths, nodes, repeats)
            nodes, repeats = list(path), len(path) - 1
            size = sum(b - a for a, b, *_ in nodes)
            counts["repeated tokens"] += size - (stop - start)
        else:
            nodes.append(path[-1])
            size += stop - start
        start = stop
    counts["tokens"] += len(ids)
    if nodes:
        yield tree(ids, parents, depths, nodes, repeats)


def tree(ids, parents, depths, nodes, repeats):
    """The tokens of these nodes; `parents` counted within them, `labels` and `weights` at the ends of the nodes."""
    kept = [token for a, b, *_ in nodes for token in range(a, b)]
    at = {-1: -1} | {token: place for place, token in enumerate(kept)}
    marks = {b - 1: (label, weight) for a, b, label, weight in nodes[repeats:] if label != -100}
    labels, weights = zip(*(marks.get(token, (-100, 0)) for token in kept), strict=True)
    return {"input_ids": [ids[t] for t in kept], "parents": [at[parents[t]] for t in kept],
            "position_ids": [depths[t] for t in kept], "labels": labels, "weights": weights}  # fmt: skip


def collate(trees, pad_token_id=0, dtype=torch.float32):
    """A batch: `attention_mask` is (batch, 1, tokens, tokens), added to the scores: 0 where a token attends, else the
    lowest number. The trees' tokens stand depth first, so token i comes after token j where j <= i < end of j's subtree."""
    longest = max(len(one["input_ids"]) for one in trees)
    batch = {name: torch.tensor([[*one[name], *[fill] * (longest - len(one[name]))] for one in trees])
             for name, fill in (("input_ids", pad_token_id), ("position_ids", 0), ("labels", -100), ("weights", 0))}  # fmt: skip
    ends = []
    for one in trees:
        last = list(range(1, longest + 1))
        for token, parent in reversed([*enumerate(one["parents"])]):
            if parent >= 0:
                last[parent] = max(last[parent], last[token])
        ends.append(last)
    place = torch.arange(longest)
    sees = (place[None, :] <= place[:, None]) & (place[:, None] < torch.tensor(ends)[:, None, :])
    batch["attention_mask"] = torch.where(sees, 0.0, torch.finfo(dtype).min).to(dtype)[:, None]
    return batch
