"""What may be asked of an export, and how a dataset keeps what was asked of a config that it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from prmdata.datasets.compose import Composition
from prmdata.exports.format import Tokens
from prmdata.labels.policies import PrefixLabels, apply
from prmdata.records import Trace


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """What may be asked of an export.

    ``label_kind``: ``fault`` or ``prefix``; where the dataset holds both and none is chosen, only the kind
    that the format is about goes in (``fault``; ``prefix`` for ``values``), unless ``mix``.
    ``composition`` and ``keep`` (a share, 0 to 1) choose among the rows first; ``response_class`` keeps
    only rollouts of those classes. ``prefix_labels`` labels the steps before an edit in each row (``always``) or in the
    reference's row alone (``once``); None leaves them as the dataset has them. ``tokenizer`` (a folder, file or Hub name) counts rows longer than
    ``max_length`` tokens. ``placeholder`` is the token at which a label or a score is read (None: the format's own). ``as_config``
    writes a config of the dataset itself.
    """

    label_kind: str | None = None
    mix: bool = False
    composition: Composition | None = None
    keep: float | None = None
    response_class: tuple[str, ...] = ()
    prefix_labels: PrefixLabels | None = None
    tokenizer: str | Tokens | None = None
    max_length: int | None = None
    placeholder: str | None = None
    as_config: bool = False

    def admits_class(self, trace: Trace) -> bool:
        """Whether a row is of one of the classes that were asked for; rows that are no rollouts always are."""
        classes = self.response_class
        return not classes or trace.response_class is None or trace.response_class in classes

    def labelled(self, trace: Trace) -> Trace:
        """The row with the labels that it goes out with."""
        if self.prefix_labels is None:
            return trace
        return apply(trace.policy, trace, prefix_labels=self.prefix_labels)

    def stored(self, *, with_tokenizer: bool) -> dict[str, Any]:
        """The options as values for JSON. The name of a tokenizer is kept only if it does more than count."""
        named = self.tokenizer if with_tokenizer and isinstance(self.tokenizer, str) else None
        return asdict(replace(self, tokenizer=named)) | {"response_class": list(self.response_class)}


def restored(stored: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of :class:`ExportSettings` that :meth:`ExportSettings.stored` kept."""
    composition = stored.get("composition")
    return {
        **stored,
        "composition": Composition(**composition) if composition else None,
        "response_class": tuple(stored.get("response_class", ())),
    }
