"""Keep a share of the rows, chosen for diversity and information ("Code Less, Align More", arXiv 2407.05040:
code data pruned by clustering loses little and sometimes gains).

Rows are clustered by their code and prompt (character n-grams, reduced to 64 dimensions, k-means) within
each class, each cluster keeps its share, and inside a cluster the rows that are far from those already
taken and that tell most (a negative that passes most tests, a positive that many inputs ran) go first.
Needs scikit-learn: the extra ``prmdata[select]``. The same rows, share and seed keep the same rows on one
machine; across versions of scikit-learn the choice may differ.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from prmdata.datasets.compose import Note
from prmdata.errors import UsageError
from prmdata.labels.labelled_step import subject_step
from prmdata.records import Trace, Verdict
from prmdata.records.numbers import number_of

DIMENSIONS: Final = 64
PER_CLUSTER: Final = 20
"""The average number of rows in a cluster. It is so small that neighbours are nearly the same."""
MOST_CLUSTERS: Final = 512
INFORMATION: Final = 0.25
"""The weight of a row's information (0 to 1) against its distance to the rows already taken (0 to 2)."""


@dataclass(frozen=True, slots=True)
class Pruned:
    """Which rows stay, and how often each operator, verdict, class and quarter stood before and after."""

    ids: set[str]
    n_left_out: int
    n_clusters: int
    coverage: Mapping[str, Mapping[str, tuple[int, int]]]

    def as_dict(self) -> dict[str, Any]:
        """The figures as JSON-able values."""
        return {
            "kept": len(self.ids),
            "left_out": self.n_left_out,
            "clusters": self.n_clusters,
            "coverage": {name: {k: list(v) for k, v in by.items()} for name, by in self.coverage.items()},
        }

    def text(self) -> str:
        """The figures in lines for a terminal."""
        lines = [
            f"kept {len(self.ids)} of {number_of(len(self.ids) + self.n_left_out, 'row')} from {number_of(self.n_clusters, 'cluster')}"
        ]
        for name, by in self.coverage.items():
            still = sum(1 for _, after in by.values() if after)
            shown = ", ".join(f"{key} {before}→{after}" for key, (before, after) in list(by.items())[:6])
            more = ", ..." if len(by) > 6 else ""
            lines.append(f"  {name}: {still} of {len(by)} still covered ({shown}{more})")
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class PruningEntry:
    """What pruning must know of one row: the ``text`` to cluster by, the ``group`` (class) that keeps its share, how
    much the row tells (``information``, 0 to 1), and what must stay covered (``facts``)."""

    id: str
    text: str
    group: str
    information: float
    facts: tuple[tuple[str, str], ...]


def prune(entries: Sequence[PruningEntry], share: float, *, seed: int = 0) -> Pruned:
    """Choose ``share`` (0 to 1) of the rows of each class, at least one of each. Raises UsageError for a
    share outside this range, and if scikit-learn is not installed."""
    if not 0 < share <= 1:
        raise UsageError(f"--keep {share}: a share above 0 and at most 1")
    classes: dict[str, list[PruningEntry]] = defaultdict(list)
    for entry in entries:
        classes[entry.group].append(entry)
    ids: set[str] = set()
    n_clusters = 0
    for group in sorted(classes):
        chosen, clusters = _of_class(classes[group], share, seed)
        ids |= chosen
        n_clusters += clusters
    return Pruned(ids, len(entries) - len(ids), n_clusters, _coverage(entries, ids))


def pruning_entry(trace: Trace, noted: Note) -> PruningEntry:
    """What pruning must know of a row. ``noted`` is the note of the row."""
    at = subject_step(trace)
    # The step that the row is about tells most: it stands first, and it is counted again together with its neighbours.
    near = "".join(trace.steps[max((at or 0) - 2, 0) : (at or 0) + 2])
    passed = sum(outcome == Verdict.PASSED for outcome in trace.outcomes) / max(len(trace.outcomes), 1)
    if noted.label == 0:
        information = 0.0 if noted.trivial else passed
    else:
        information = min(trace.evidence.inputs_reached / 100, 1.0)
    facts = [
        ("class", {0: "incorrect", 1: "correct"}.get(-1 if noted.label is None else noted.label, "masked")),
        ("verdict", str(trace.verdict)),
        ("quarter", str(noted.position)),
        ("operator", noted.operator),
    ]
    text = "\n".join((near, "".join(trace.steps), trace.prompt[:2000]))
    return PruningEntry(
        trace.id, text, f"{noted.label}{noted.kind == 'reference'}", information, tuple(facts)
    )


def _of_class(rows: Sequence[PruningEntry], share: float, seed: int) -> tuple[set[str], int]:
    room = max(1, round(share * len(rows)))
    if room >= len(rows):
        return {row.id for row in rows}, 1
    points, cluster_of = _clustered([row.text for row in rows], seed)
    members: dict[int, list[int]] = defaultdict(list)
    for index, cluster in enumerate(cluster_of):
        members[int(cluster)].append(index)
    quota = _quotas({cluster: len(found) for cluster, found in members.items()}, room)
    chosen: set[str] = set()
    for cluster, found in members.items():
        chosen.update(rows[i].id for i in _spread(points, rows, found, quota[cluster]))
    return _restore(rows, chosen), len(members)


def _restore(rows: Sequence[PruningEntry], chosen: set[str]) -> set[str]:
    """Exchange rows so that no operator, verdict or quarter is lost while another has two rows to spare."""
    kept = Counter(fact for row in rows if row.id in chosen for fact in row.facts)
    for row in sorted(rows, key=lambda row: (-row.information, row.id)):
        if all(kept[fact] for fact in row.facts):
            continue
        spare = (
            other for other in rows if other.id in chosen and all(kept[fact] > 1 for fact in other.facts)
        )
        gone = min(spare, key=lambda other: (other.information, other.id), default=None)
        if gone is None:
            break
        chosen = (chosen - {gone.id}) | {row.id}
        kept.subtract(gone.facts)
        kept.update(row.facts)
    return chosen


def _clustered(texts: list[str], seed: int) -> tuple[Any, Sequence[int]]:
    """One vector of length 1 for each text, and the cluster of each text."""
    try:
        from sklearn.cluster import MiniBatchKMeans
        from sklearn.decomposition import TruncatedSVD
        from sklearn.feature_extraction.text import HashingVectorizer
        from sklearn.preprocessing import normalize
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]
    except ImportError:
        raise UsageError("--keep needs scikit-learn; pip install 'prmdata[select]'") from None
    # One thread: sums in one order, so the same rows; and on a busy machine 20 times as fast as many.
    with threadpool_limits(1):
        counted = HashingVectorizer(analyzer="char_wb", ngram_range=(3, 4), n_features=2**14).transform(texts)
        dimensions = min(DIMENSIONS, len(texts) - 1)
        points = normalize(TruncatedSVD(dimensions, random_state=seed).fit_transform(counted))
        n = max(1, min(MOST_CLUSTERS, len(texts) // PER_CLUSTER))
        means = MiniBatchKMeans(n, random_state=seed, n_init=3, batch_size=4096)
        return points, means.fit_predict(points)


def _quotas(sizes: Mapping[int, int], room: int) -> dict[int, int]:
    """``room`` places in proportion to ``sizes`` (largest remainder), so that no kind of row is lost while
    there is room for one row of each kind."""
    total = sum(sizes.values())
    exact = {cluster: room * size / total for cluster, size in sizes.items()}
    quota = {cluster: int(places) for cluster, places in exact.items()}
    if room >= len(sizes):
        quota = {cluster: max(places, 1) for cluster, places in quota.items()}
    while sum(quota.values()) > room:
        quota[max(quota, key=lambda c: (quota[c] - exact[c] if quota[c] > 1 else -1.0, -c))] -= 1
    by_remainder = sorted(exact, key=lambda c: (quota[c] - exact[c], c))
    for cluster in by_remainder[: room - sum(quota.values())]:
        quota[cluster] += 1
    return quota


def _spread(points: Any, rows: Sequence[PruningEntry], members: list[int], n: int) -> list[int]:
    """``n`` members: first the one that tells most, then in each round the one that is farthest from those
    already taken."""
    if n <= 0:
        return []
    import numpy as np

    information = INFORMATION * np.array([rows[i].information for i in members])
    near = points[members]
    taken = [int(np.argmax(information))]
    distance = 1 - near @ near[taken[0]]
    while len(taken) < min(n, len(members)):
        score = distance + information
        score[taken] = -np.inf
        best = int(np.argmax(score))
        taken.append(best)
        distance = np.minimum(distance, 1 - near @ near[best])
    return [members[i] for i in taken]


def _coverage(rows: Iterable[PruningEntry], ids: set[str]) -> dict[str, dict[str, tuple[int, int]]]:
    before: dict[str, Counter[str]] = defaultdict(Counter)
    after: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        for name, value in row.facts:
            before[name][value] += 1
            after[name][value] += row.id in ids
    return {
        name: {
            value: (n, after[name][value]) for value, n in sorted(found.items(), key=lambda p: (-p[1], p[0]))
        }
        for name, found in before.items()
    }
