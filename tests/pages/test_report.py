"""The report: its figures equal queries of the Parquet, it needs no network, and it is small. In Chromium it
filters rows and reports no error."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections import Counter
from dataclasses import replace

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from prmdata.datasets.figures import stats
from prmdata.datasets.schema import to_row
from prmdata.pages.report import report
from prmdata.pages.report.pack import MOST_ROWS, pack
from prmdata.pages.report.page import page as page_of
from tests.builders.traces import write_split

NAMES = {1: "correct", 0: "incorrect", -100: "masked"}


@pytest.fixture(scope="module")
def built(made, tmp_path_factory):
    """A dataset with everything that a page must survive: markup in programs, a problem without edits, long
    lines."""
    root = tmp_path_factory.mktemp("report") / "OUT"
    nasty = replace(
        made.edit_trace(3, 4, variant=77),
        id="nasty",
        steps=("x = '</script><script>alert(1)</script>'\n", "<b>&amp;\n", "y" * 9000 + "\n"),
        labels=(-100, 0, 1),
        reasons=("given", "made_up_reason", "passed"),
        executed=(None, False, True),
        step_kinds=("simple",) * 3,
        problem_id="made/3",
    )
    rows = [row for row in made.build(12) if row.problem_id != "made/11"]
    write_split([*rows, nasty, made.reference_trace(11)], root / "data/steps", "train")
    report(root)
    return root


def query(root):
    """The counts in the Parquet, computed in another way: Arrow flattens the columns."""
    table = pq.read_table(root / "data/steps")
    labels = Counter(pc.list_flatten(table["labels"]).to_pylist())
    return table, {NAMES[value]: n for value, n in labels.items()}


def figures_of(html):
    found = re.findall(r'data-figure="([^"]+)" data-value="(\d+)"', html)
    assert all(len({v for k, v in found if k == key}) == 1 for key, _ in found), "one figure, one value"
    return {key: int(value) for key, value in found}


def test_every_figure_equals_a_query_of_the_parquet(built, queries):
    shown = figures_of((built / "report.html").read_text("utf-8"))
    table, labels = query(built)
    assert {name: shown[f"labels.{name}"] for name in NAMES.values()} == labels
    assert shown["problems"] == len(pc.unique(table["problem_id"]))
    wanted = queries.figures(built)
    assert wanted["evidence.a completion passed.correct"] > 0 < wanted["operator.off-by-one.incorrect"]
    assert shown.pop("given") == shown["problems"]
    assert +Counter(shown) == +wanted


def test_the_flow_counts_every_row_once_on_each_side(built):
    html = (built / "report.html").read_text("utf-8")
    wide = html[html.index('class="flow wide"') : html.index('class="flow narrow"')]
    titles = re.findall(r"<title>(.*?) → (.*?) → (.*?): ([\d,]+) rows</title>", wide)
    total = sum(int(n.replace(",", "")) for *_, n in titles)
    assert total == 2 * query(built)[0].num_rows


def test_what_the_teacher_took_is_said_for_each_label_that_it_earned(built):
    cost = {"requests": 100, "prompt_tokens": 5000, "completion_tokens": 1000, "cost_usd": None}
    html = page_of(built, figures=stats(built) | {"cost": cost})
    rows = pq.read_table(built / "data/steps").to_pylist()
    for label, name in ((1, "correct"), (0, "incorrect")):
        labels = sum(row["labels"].count(label) for row in rows if row["label_kind"] != "reference")
        assert labels
        assert f"For each {name} label" in html
        assert f"{100 / labels:,.1f} requests, {6000 / labels:,.0f} tokens, price unknown" in html
    assert "For each" not in page_of(built, figures=stats(built) | {"cost": {}})


def test_each_kind_of_request_says_what_its_labels_took_or_that_it_gave_none(built):
    took = {"requests": 20, "prompt_tokens": 700, "completion_tokens": 300, "cost_usd": 0.5}
    unpriced = {"requests": 3, "prompt_tokens": 90, "completion_tokens": 10, "cost_usd": None}
    cost = took | {"by_kind": {"complete": unpriced, "mutate": took, "rewrite": unpriced}}
    html = page_of(built, figures=stats(built) | {"cost": cost})
    rows = pq.read_table(built / "data/steps").to_pylist()
    own = [row["labels"] for row in rows if row["edit"] and row["edit"]["intent"] == "mutate"]
    wrong = sum(labels.count(0) for labels in own)
    assert (
        f"{wrong:,} incorrect (each {20 / wrong:,.2f} requests, {1000 / wrong:,.0f} tokens, US$ {0.5 / wrong:,.5f})"
        in html
    )
    assert "<td>Requests for rewrite</td><td>3, 100 tokens: no label came of them</td>" in re.sub(
        r">\s+<", "><", html
    )
    assert "price unknown" in html[html.index("Requests for complete") :]


def test_the_page_loads_nothing(built):
    html = (built / "report.html").read_text("utf-8")
    assert not re.findall(r"""(?:src|href)=["'](?!#|data:)""", html)
    assert "@import" not in html
    assert "url(" not in html
    assert html.count("</script>") == 3


def test_the_same_dataset_gives_the_same_page(built):
    first = (built / "report.html").read_bytes()
    assert report(built).read_bytes() == first


def test_a_large_dataset_is_sampled_by_problem_and_stays_small(made):
    base = to_row(made.edit_trace(0, 3))

    def rows():
        for index in range(15_000):
            texts = [f"    line_{index}_{n} = {index * n}\n" for n in range(8)]
            yield "train", {**base, "id": f"{index:032x}", "problem_id": f"p{index // 50}", "steps": texts}

    packed = pack(rows, 15_000)
    assert 0.85 * MOST_ROWS < packed.n_rows <= MOST_ROWS * 1.1
    assert len(packed.base64) < 2_700_000
    data = json.loads(gzip.decompress(base64.b64decode(packed.base64)))
    counts = Counter(data["texts"][row[1]] for row in data["rows"])
    assert set(counts.values()) == {50}, "whole problems"


# ---------------------------------------------------------------- in a browser


@pytest.fixture
def page(chromium, built):
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.trouble = []
    opened.on("console", lambda message: opened.trouble.append(message.text))
    opened.on("pageerror", lambda error: opened.trouble.append(str(error)))
    opened.on(
        "request",
        lambda request: (
            None if request.url.startswith(("file:", "data:")) else opened.trouble.append(request.url)
        ),
    )
    opened.goto((built / "report.html").as_uri())
    opened.wait_for_selector("html[data-ready]", state="attached")
    yield opened
    assert opened.trouble == []
    context.close()


def found(page):
    return int(page.locator("#found").get_attribute("data-value"))


@pytest.mark.browser
def test_filters_find_what_a_query_finds(page, built):
    rows = query(built)[0].to_pylist()
    assert found(page) == len(rows)
    page.select_option("[name=label]", "-")
    assert found(page) == sum(0 in row["labels"] for row in rows)
    page.select_option("[name=operator]", "off-by-one")
    assert found(page) == sum(
        0 in row["labels"] and (row["edit"] or {}).get("operator") == "off-by-one" for row in rows
    )
    page.click("button[type=reset]")
    page.wait_for_function(f"document.querySelector('#found').dataset.value === '{len(rows)}'")
    page.fill("[name=text]", "made/7")
    assert found(page) == sum(row["problem_id"] == "made/7" for row in rows)
    page.fill("[name=text]", "no such thing")
    assert found(page) == 0
    assert "No row fits" in page.inner_text("#list")
    page.fill("[name=text]", "")
    page.select_option("[name=reason]", "not_recovered")
    assert found(page) == sum("not_recovered" in row["reasons"] for row in rows)


@pytest.mark.browser
def test_a_step_tells_its_reason_and_counterexample(page, made):
    trace = made.edit_trace(2, 3, 0, 2)
    page.fill("[name=text]", trace.id)
    assert found(page) == 1
    steps = page.locator("#program .step[data-step] pre").all_inner_texts()
    assert "".join(step.rstrip("\n") + "\n" for step in steps) == "".join(trace.steps)
    page.hover("#program .step.incorrect")
    tip = page.inner_text("#tip")
    assert "wrong answer" in tip
    assert trace.evidence.counterexample.expected in tip
    assert page.inner_text("#program .step.was") == trace.edit.before.rstrip(
        "\n"
    ) or trace.edit.before.strip() in page.inner_text("#program .step.was")
    page.mouse.move(5, 5)
    assert page.locator("#tip").is_hidden()


@pytest.mark.browser
def test_keys_move_through_the_rows(page):
    page.keyboard.press("/")
    page.keyboard.type("made/5")
    page.keyboard.press("Escape")
    first = page.inner_text("#program .note:last-child")
    page.keyboard.press("j")
    second = page.inner_text("#program .note:last-child")
    assert first != second
    page.keyboard.press("k")
    assert page.inner_text("#program .note:last-child") == first
    page.focus("#list")
    page.keyboard.press("End")
    assert "made/5" in page.inner_text(".item[aria-selected=true]")


@pytest.mark.browser
def test_markup_in_programs_is_text(page):
    page.fill("[name=text]", "nasty")
    assert found(page) == 1
    assert "</script><script>alert(1)" in page.inner_text("#program")
    assert "<b>&amp;" in page.inner_text("#program")


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_sticks_out_and_a_tap_tells(chromium, built, scheme, tmp_path):
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, color_scheme=scheme
    )
    page = context.new_page()
    page.goto((built / "report.html").as_uri())
    page.wait_for_selector("html[data-ready]", state="attached")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.tap("#program .step.incorrect")
    assert page.locator("#tip").is_visible()
    box = page.locator("#tip").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    ink, back = page.evaluate(
        "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
    )
    assert contrast(ink, back) > 7
    for name in ("correct", "incorrect"):
        color = page.evaluate(f"getComputedStyle(document.querySelector('.tiles .{name} dd')).color")
        assert contrast(color, back) > 4.5
    assert len(page.screenshot(full_page=True)) > 20_000
    context.close()


def contrast(first, second):
    """WCAG contrast of two CSS rgb() colours."""

    def luminance(text):
        parts = [int(part) / 255 for part in re.findall(r"\d+", text)[:3]]
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.browser
def test_the_theme_can_be_switched(page):
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("#theme")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before


@pytest.mark.browser
def test_a_link_to_a_row_opens_it(chromium, built):
    page = chromium.new_page()
    page.goto((built / "report.html").as_uri() + "#row=nasty")
    page.wait_for_selector("html[data-ready]", state="attached")
    assert "row nasty" in page.inner_text("#program")
    page.close()
