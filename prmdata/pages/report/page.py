"""Assembles the report page: figures counted from the Parquet files, packed rows, style and script inside.

The page loads nothing from a network and opens from a file. Every number stands in the HTML with a
``data-figure`` name, so that a test can compare it with a query.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import jinja2
from markupsafe import Markup

from prmdata.datasets import describe
from prmdata.datasets.disk import saying_full
from prmdata.datasets.figures import CLASSES, POSITIONS, stats
from prmdata.datasets.manifest import read_manifest
from prmdata.datasets.reader import configs, read_rows
from prmdata.datasets.writer import write_text
from prmdata.pages.report.flow import flow_svg
from prmdata.pages.report.pack import pack

NAME: Final = "report.html"
_HERE: Final = Path(__file__).parent
_EVIDENCE: Final = (
    *("reference", "before the edit", "proved", "agrees on 100+ inputs", "agrees on 10–99 inputs"),
    *(
        "agrees on 1–9 inputs",
        "agrees on no inputs",
        "given tests only",
        "a completion passed",
    ),
    *("fails a given test", "fails a generated input", "does not compile", "no completion passed"),
)


def report(out: Path | str, *, figures: Mapping[str, Any] | None = None) -> Path:
    """Write ``OUT/report.html`` and return its path. ``figures`` is what ``stats`` counted, if it has been
    called already. Raises InputError if ``out`` is no dataset."""
    root = Path(out)
    path = root / NAME
    text = page(root, figures=figures)
    with saying_full(path):
        write_text(path, text)
    return path


def page(out: Path, *, figures: Mapping[str, Any] | None = None) -> str:
    """The page as text. The same dataset gives the same page, apart from cost and times."""
    manifest = read_manifest(out)
    figures = figures or stats(out)
    packed = pack(
        lambda: read_rows(out),
        figures["rows"],
        lambda: (
            read_rows(out, "problems", columns=["problem_id", "tests"]) if "problems" in configs(out) else ()
        ),
    )
    counts = manifest.get("counts", {})
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
    )
    return environment.get_template("page.html.j2").render(
        name=out.resolve().name,
        f=figures,
        given=counts.get("problems", figures["problems"] + _vet_rejects(figures)),
        splits=list(figures["rows_by_split"].items()),
        wide=flow_svg(figures["flow"], width=960),
        narrow=flow_svg(figures["flow"], width=380, ribbons=300),
        charts=_charts(figures),
        positions=_positions(figures),
        rejects=_rejects(figures),
        facts=_facts(figures, manifest),
        packed=packed,
        reasons={name: describe.reason_text(name) for name in figures["labels_by_reason"]},
        style=Markup((_HERE / "style.css").read_text("utf-8")),
        script=Markup((_HERE / "app.js").read_text("utf-8")),
        method=describe.method(figures, manifest.get("config", {})),
        limits=describe.limits(figures),
        markdown=_markdown,
    )


def _markdown(text: str) -> Markup:
    """Turns the small part of Markdown that :mod:`prmdata.datasets.describe` uses (bold, code) into HTML."""
    parts = str(Markup.escape(text)).split("`")
    coded = [f"<code>{part}</code>" if place % 2 else part for place, part in enumerate(parts)]
    bold = "".join(coded).split("**")
    return Markup("".join(f"<b>{part}</b>" if place % 2 else part for place, part in enumerate(bold)))


def _vet_rejects(figures: Mapping[str, Any]) -> int:
    return sum(figures["rejects"].get("vet", {}).values())


def _charts(figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The bar charts: a title, what a bar counts, bars of (name, counts by class, total, share of the longest)."""
    masks = {
        reason: {"masked": by["masked"]}
        for reason, by in figures["labels_by_reason"].items()
        if by.get("masked")
    }
    charts = [
        ("intent", "By intent", "edits, by the label they earned", figures["edits_by_intent"], ()),
        ("operator", "By operator", "edits, by the label they earned", figures["edits_by_operator"], ()),
        (
            "verdict",
            "By verdict",
            "edits, by what happened to the whole program",
            figures["edits_by_edit_verdict"],
            (),
        ),
        ("evidence", "By evidence", "labels, by what they rest on", figures["labels_by_evidence"], _EVIDENCE),
        ("mask", "Why steps are masked", "steps without a label", masks, ()),
    ]
    return [
        {"key": key, "title": title, "what": what, "bars": _bars(found, order)}
        for key, title, what, found, order in charts
        if found
    ]


def _bars(found: Mapping[str, Mapping[str, int]], order: tuple[str, ...]) -> list[dict[str, Any]]:
    totals = {name: sum(by.values()) for name, by in found.items()}
    longest = max(totals.values(), default=1)

    def place(name: str) -> tuple[int, int, str]:
        return (order.index(name) if name in order else len(order), -totals[name], name)

    return [
        {
            "name": name.replace("_", " "),
            "key": name,
            "total": totals[name],
            "parts": [(label, found[name][label], 100 * found[name][label] / longest) for label in CLASSES.values() if found[name].get(label)],
        }
        for name in sorted(found, key=place)
    ]  # fmt: skip


def _positions(figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = figures["labels_by_position"]
    longest = max((n for by in found.values() for n in by.values()), default=1)
    columns = []
    for tenth in range(POSITIONS):
        by = found.get(str(tenth), {})
        parts = {
            label: (by.get(label, 0), 100 * by.get(label, 0) / longest) for label in ("correct", "incorrect")
        }
        columns.append({"tenth": tenth, "from": tenth * 10, "to": tenth * 10 + 10, **parts})
    return columns


def _rejects(figures: Mapping[str, Any]) -> list[tuple[str, str, int]]:
    found = [(stage, reason, n) for stage, by in figures["rejects"].items() for reason, n in by.items()]
    return sorted(found, key=lambda entry: (-entry[2], entry[0], entry[1]))


def _facts(figures: Mapping[str, Any], manifest: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Cost, time and origin, as (name, text) pairs. An unknown value is shown as unknown."""
    cost, times = figures["cost"], figures["times"]
    price = cost.get("cost_usd")
    facts = [
        ("Requests to a teacher", f"{cost.get('requests', 0):,}"),
        ("Tokens", f"{cost.get('prompt_tokens', 0):,} in, {cost.get('completion_tokens', 0):,} out"),
        (
            "Price",
            "none" if not cost.get("requests") else "unknown" if price is None else f"US$ {price:,.2f}",
        ),
        *_for_each_label(figures),
        ("Generated inputs tried", f"{figures['inputs_tried']:,}"),
    ]
    facts += [
        (name.removesuffix("_s").replace("_", " ").capitalize() + " time", _time(value))
        for name, value in sorted(times.items())
        if name.endswith("_s") and isinstance(value, int | float)
    ]
    versions = manifest.get("versions", {})
    facts += [("Made with", ", ".join(f"{name} {version}" for name, version in sorted(versions.items())))]
    if manifest.get("command"):
        facts.append(("Command", manifest["command"]))
    return [(name, text) for name, text in facts if text]


def _for_each_label(figures: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the teacher took for each label of each class, over all runs of the job; the labels of references come without one."""
    cost = figures["cost"].get("job") or figures["cost"]
    requests, price = cost.get("requests", 0), cost.get("cost_usd")
    cost_of_kinds = figures["cost"].get("by_kind", {})
    if not requests:
        return []
    tokens = cost.get("prompt_tokens", 0) + cost.get("completion_tokens", 0)
    facts: list[tuple[str, str]] = []
    for name in ("correct", "incorrect"):
        labels = sum(by.get(name, 0) for kind, by in figures["labels_by_kind"].items() if kind != "reference")
        if not labels:
            facts.append((f"For each {name} label", "there is none"))
            continue
        money = "price unknown" if price is None else f"US$ {price / labels:,.5f}"
        said = f"{requests / labels:,.1f} requests, {tokens / labels:,.0f} tokens, {money}"
        facts.append((f"For each {name} label", said))
    return facts + _by_kind(cost_of_kinds, figures["labels_by_origin"])


def _by_kind(
    found: Mapping[str, Mapping[str, Any]], labels: Mapping[str, Mapping[str, int]]
) -> list[tuple[str, str]]:
    """What each kind of request took, for each label that came of it, and which kinds gave none."""
    facts: list[tuple[str, str]] = []
    for kind, took in found.items():
        tokens, price = took["prompt_tokens"] + took["completion_tokens"], took["cost_usd"]
        own = labels.get("rollout" if kind == "complete" else kind, {})
        said = []
        for name in ("correct", "incorrect"):
            if n := own.get(name, 0):
                money = "price unknown" if price is None else f"US$ {price / n:,.5f}"
                said.append(
                    f"{n:,} {name} (each {took['requests'] / n:,.2f} requests, {tokens / n:,.0f} tokens, {money})"
                )
            else:
                said.append(f"no {name} label")
        gave = "; ".join(said) if own else "no label came of them"
        facts.append((f"Requests for {kind}", f"{took['requests']:,}, {tokens:,} tokens: {gave}"))
    return facts


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.1f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
