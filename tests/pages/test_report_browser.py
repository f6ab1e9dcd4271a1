"""The report in Chromium: a ribbon chooses rows, the address keeps the choice, counts follow, tests stand
beside, and axe finds no fault."""

from __future__ import annotations

import os
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from prmdata.datasets.problem_rows import problems_schema
from prmdata.pages.report import report
from prmdata.pages.review import ReviewServer
from prmdata.pages.review.sample_review import sample
from tests.builders.traces import write_split

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def built(made, tmp_path_factory):
    root = tmp_path_factory.mktemp("report") / "OUT"
    write_split(list(made.build(12)), root / "data/steps", "train")
    problem = dict.fromkeys(problems_schema().names) | {
        "problem_id": "made/3",
        "prompt": "?",
        "tests": [
            {
                "form": "assert",
                "code": "\n\nassert total([1]) == 1\n" + "assert total([]) == 0\n" * 40,
                "input": "",
                "output": "",
            },
            {"form": "stdio", "code": "", "input": "</script>1", "output": "2"},
        ],
    }
    (root / "data/problems").mkdir()
    table = pa.Table.from_pylist([problem], schema=problems_schema())
    pq.write_table(table, root / "data/problems/train-00000-of-00001.parquet")
    report(root)
    return root


@pytest.fixture
def page(chromium, built):
    opened = chromium.new_page(viewport={"width": 1280, "height": 900})
    trouble = []
    opened.on("pageerror", lambda error: trouble.append(str(error)))
    opened.goto((built / "report.html").as_uri())
    opened.wait_for_selector("html[data-ready]", state="attached")
    yield opened
    opened.close()
    assert trouble == []


def found(page):
    return int(page.locator("#found").get_attribute("data-value"))


def ready(page):
    page.reload()
    page.wait_for_selector("html[data-ready]", state="attached")


def row_shown(page):
    return page.inner_text("#program .note:last-child")


def test_a_ribbon_chooses_its_rows_and_again_all(page, built):
    rows = pq.read_table(built / "data/steps").to_pylist()
    wanted = sum(
        (row["edit"] or {}).get("intent") == "mutate"
        and row["verdict"] == "wrong_answer"
        and 0 in row["labels"]
        for row in rows
    )
    ribbon = ".flow.wide .ribbon[data-origin=mutate][data-verdict=wrong_answer][data-label=incorrect]"
    page.locator(ribbon).first.dispatch_event("click")
    assert found(page) == wanted > 0
    assert page.input_value("[name=origin]") == "mutate"
    assert page.locator(".flow.wide .ribbon.chosen").count() == 2, "its two halves"
    page.locator(ribbon).first.dispatch_event("click")
    assert found(page) == len(rows)


def test_filters_and_row_survive_a_reload(page):
    page.select_option("[name=verdict]", "wrong_answer")
    page.fill("[name=text]", "made/7")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    before = (found(page), row_shown(page))
    ready(page)
    assert (found(page), row_shown(page)) == before
    assert page.input_value("[name=text]") == "made/7"
    page.click("button[type=reset]")
    page.wait_for_function("!location.hash.includes('made')")
    ready(page)
    assert found(page) > before[0]


def test_counts_beside_the_choices_follow_the_other_filters(page, built):
    rows = pq.read_table(built / "data/steps").to_pylist()
    page.select_option("[name=label]", "-")
    counts = Counter(row["verdict"] for row in rows if 0 in row["labels"])
    shown = page.eval_on_selector_all(
        "[name=verdict] option", "all => all.filter(o => o.value).map(o => [o.value, o.textContent])"
    )
    for verdict, text in shown:
        assert text == f"{verdict.replace('_', ' ')} ({counts[verdict]})"


def test_prompt_and_tests_stand_beside_a_program(page):
    page.fill("[name=text]", "made/3")
    assert page.locator("#program details.prompt[open] summary").all_inner_texts() == ["Prompt", "Tests (2)"]
    shown = page.inner_text("#program details.tests")
    assert "assert total([1]) == 1" in shown
    assert "</script>1" in shown
    page.fill("[name=text]", "made/4")
    assert page.locator("#program details.tests").count() == 0


def test_there_is_one_heading_of_the_first_rank(page):
    assert page.locator("h1").all_inner_texts() == ["OUT"]
    ranks = page.eval_on_selector_all("h1, h2, h3", "all => all.map(one => Number(one.tagName[1]))")
    assert all(after - before <= 1 for before, after in pairwise(ranks))


@pytest.fixture(scope="session")
def axe():
    """axe-core (npm: axe-core), which PRMDATA_AXE names. The test is skipped if it is missing."""
    path = os.environ.get("PRMDATA_AXE", "")
    if not path:
        pytest.skip("PRMDATA_AXE names no axe.min.js (npm pack axe-core)")
    return Path(path).read_text("utf-8")


GRAVE = """async () => (await axe.run()).violations.filter((one) => ["serious", "critical"].includes(one.impact))
    .map((one) => one.id + ": " + one.nodes.map((node) => node.html.slice(0, 120) + " " + node.failureSummary).slice(0, 3).join(" | "))"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_serious(chromium, built, axe, scheme, width):
    page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto((built / "report.html").as_uri())
    page.wait_for_selector("html[data-ready]", state="attached")
    page.fill("[name=text]", "made/3")  # a problem whose tests are longer than the space for them
    page.evaluate("document.querySelectorAll('#program details').forEach((one) => { one.open = true; })")
    page.evaluate(axe)
    grave = page.evaluate(GRAVE)
    page.close()
    assert grave == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_a_review(chromium, out, axe, scheme):
    with ReviewServer(out, sample(out, 4), "ada") as review:
        page = chromium.new_page(color_scheme=scheme, bypass_csp=True)
        page.goto(review.url)
        page.wait_for_selector("#page[data-place='0']")
        page.evaluate(axe)
        grave = page.evaluate(GRAVE)
        page.click("button.incorrect")
        page.wait_for_selector(".told")
        grave += page.evaluate(GRAVE)
        page.close()
    assert grave == []


def test_a_review_goes_on_where_it_was_after_a_reload(chromium, out):
    with ReviewServer(out, sample(out, 5), "ada") as review:
        page = chromium.new_page()
        page.goto(review.url)
        for place in range(2):
            page.wait_for_selector(f"#page[data-place='{place}']")
            page.keyboard.press("c")
            page.wait_for_selector(".told")
            page.keyboard.press("j")
        page.wait_for_selector("#page[data-place='2']")
        page.reload()
        page.wait_for_selector("#page[data-place='2']")
        assert page.inner_text("#count") == "3 of 5"
        assert page.evaluate("document.querySelector('#bar i').style.width") == "40%"
        page.goto("about:blank")
        page.goto(review.url)
        page.wait_for_selector("#page[data-place='2']"), "the address alone leads to what is not judged yet"
        page.close()
