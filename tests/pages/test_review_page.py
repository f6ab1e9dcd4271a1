"""The page on which labels are judged: the labels are hidden, judgements are stored at once, and nobody else
can read it. The test uses mouse and keys in Chromium."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from prmdata.pages.review import ReviewServer
from prmdata.pages.review.sample_review import agreement, findings, sample


@pytest.fixture
def review(out):
    with ReviewServer(out, sample(out, 6), "ada") as served:
        yield served


def ask(url, path="", body=None, **headers):
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url + path, data, headers), timeout=10) as reply:
        text = reply.read().decode()
    return json.loads(text) if reply.headers["Content-Type"] == "application/json" else text


def status(url, path="", body=None, **headers):
    with pytest.raises(urllib.error.HTTPError) as refused:
        ask(url, path, body, **headers)
    return refused.value.code


def test_a_question_says_nothing_of_its_label(review):
    for place, item in enumerate(review.items):
        question = ask(review.url, f"question/{place}")
        assert question["steps"][question["step"]] == item.trace.steps[item.step]
        assert not {"label", "labels", "reason", "evidence"} & set(question)
        assert question["answer"] is None


def test_a_judgement_is_kept_before_it_is_answered(review, out):
    told = ask(review.url, "judge", {"place": 0, "judgement": "incorrect", "note": "see step 3"})
    (kept,) = findings(out)
    assert (kept.row, kept.step, kept.by, kept.note) == (
        review.items[0].trace.id,
        review.items[0].step,
        "ada",
        "see step 3",
    )
    assert told["label"] == {1: "correct", 0: "incorrect"}[review.items[0].label]
    assert told["agreement"] == agreement(out)
    assert ask(review.url, "question/0")["answer"]["judgement"] == "incorrect"
    ask(review.url, "judge", {"place": 0, "judgement": "correct"})
    assert ask(review.url, "question/0")["answer"]["agreement"]["judged"] == 1, "the last word counts"


def test_nobody_else_reads_or_judges(review, out):
    other = review.url.replace(review.token, "x" * len(review.token))
    assert status(other) == status(other, "judge", {"place": 0, "judgement": "correct"}) == 404
    assert status(review.url, Host="evil.example") == 404
    assert status(review.url, "../../etc/passwd") == 404
    assert not list(findings(out))


@pytest.mark.parametrize(
    "body",
    [{}, [], 3, {"place": 99, "judgement": "correct"}, {"place": 0, "judgement": "maybe"}]
    + [
        {"place": place, "judgement": "correct"}
        for place in (-1, float("inf"), float("nan"), "9" * 5000, None)
    ],
)
def test_what_is_no_judgement_is_refused(review, out, body):
    assert status(review.url, "judge", body) == 400
    assert status(review.url, "question/-1") == status(review.url, "question/x") == 400
    assert status(review.url, "question/" + "9" * 5000) == 400
    assert not list(findings(out))


def test_the_command_serves_until_the_page_is_left(out):
    code = "from prmdata.cli.main import main; main()"
    arguments = ["review", str(out), "--by", "ada", "--sample", "2", "--page", "--json"]
    with subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as command:
        assert command.stderr is not None
        said = re.search(r"2 labels to judge at (http://127.0.0.1:\S+/)", command.stderr.readline())
        assert said is not None
        url = said[1]
        for place in range(2):
            ask(url, "judge", {"place": place, "judgement": "unsure"})
        ask(url, "done", {})
        stdout, stderr = command.communicate(timeout=20)
    assert (command.returncode, stderr) == (0, "")
    assert json.loads(stdout)["unsure"] == 2


@pytest.mark.browser
@pytest.mark.parametrize("wide", [True, False])
def test_a_person_judges_by_mouse_and_keys(chromium, review, out, wide):
    size = {"width": 1280, "height": 900} if wide else {"width": 390, "height": 844}
    context = chromium.new_context(viewport=size, color_scheme="light" if wide else "dark")
    page, trouble = context.new_page(), []
    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.goto(review.url)
    for place, item in enumerate(review.items):
        page.wait_for_selector(f"#page[data-place='{place}']")
        assert page.inner_text(".step.asked pre").strip() in item.trace.steps[item.step]
        assert page.locator(".told").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        if place % 2:
            page.keyboard.press("c")
        else:
            page.click("button.incorrect")
        said = page.inner_text(".told")
        assert f"Labelled {'incorrect' if item.label == 0 else 'correct'}" in said
        if item.label == 0 and item.trace.evidence.counterexample:
            assert item.trace.evidence.counterexample.expected in said
        page.keyboard.press("j")
    page.wait_for_selector("#page[data-place='end']")
    assert f"{agreement(out)['all']['agreed']} of 6" in page.inner_text("#page")
    assert [found.judgement for found in findings(out)] == ["incorrect", "correct"] * 3
    assert trouble == []
    context.close()
