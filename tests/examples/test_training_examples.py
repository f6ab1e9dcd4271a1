"""Each example does what it says: the trainers run two steps on a tiny random model (opt-in, torch), and
the workflow is valid, with every command of it one that prmdata has."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from prmdata.app.score import bench_score
from prmdata.exports.export import export
from tests.bench.items_by_hand import item, write_items

EXAMPLES = Path(__file__).parents[2] / "examples"


def train(script, data, model, out):
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "HF_HOME": str(out / "hf"), "CUDA_VISIBLE_DEVICES": ""}
    arguments = [sys.executable, str(EXAMPLES / script), str(data), str(model), str(out / "prm"), "2"]
    return subprocess.run(arguments, env=environment, capture_output=True, text=True, timeout=600)


@pytest.mark.torch
@pytest.mark.timeout(700)
def test_token_classification_trains_with_transformers_alone(out, tiny, tmp_path):
    export(out, "token-classification", tmp_path / "x", label_kind="fault")
    done = train("train_token_classification.py", tmp_path / "x", tiny, tmp_path)
    assert done.returncode == 0, done.stderr[-3000:]
    assert re.search(r"'?train_loss'?: '?\d", done.stdout), done.stdout
    assert "eval_incorrect" in done.stdout
    assert (tmp_path / "prm/model.safetensors").exists()
    (tmp_path / "prompt.txt").write_text("Add one to each.")
    program = "def add(xs):\n    return [\n        x + 1\n        for x in xs\n    ]\n"
    (tmp_path / "new.py").write_text(program)
    files = [str(tmp_path / name) for name in ("prm", "prompt.txt", "new.py")]
    scored = subprocess.run(
        [sys.executable, str(EXAMPLES / "score_steps.py"), *files],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert scored.returncode == 0, scored.stderr[-3000:]
    found = re.findall(r"^(0\.\d{3}|1\.000)  (.*)$", scored.stdout, re.MULTILINE)
    assert [first for _, first in found] == ["def add(xs):", "    return ["], "one score a step, not a line"


@pytest.mark.torch
@pytest.mark.timeout(700)
def test_trl_trains(out, tiny, tmp_path):
    pytest.importorskip("trl.experimental.prm", reason="TRL has PRMTrainer up to 1.13")
    export(out, "trl", tmp_path / "x", label_kind="fault")
    done = train("train_trl.py", tmp_path / "x", tiny, tmp_path)
    assert done.returncode == 0, done.stderr[-3000:]
    assert re.search(r"'?train_loss'?: '?\d", done.stdout), done.stdout


@pytest.mark.torch
def test_trl_sees_the_labels_where_the_steps_end(out, tiny, tmp_path):
    prm = pytest.importorskip("trl.experimental.prm", reason="TRL has PRMTrainer up to 1.13")
    import transformers
    from datasets import load_dataset

    tokenizer = transformers.AutoTokenizer.from_pretrained(tiny)
    export(out, "trl", tmp_path / "x", label_kind="fault", tokenizer=str(tiny), max_length=160)
    rows = load_dataset(str(tmp_path / "x"), split="train", cache_dir=str(tmp_path / "cache"))
    for row in rows:
        wide = dict(max_length=None, max_completion_length=None, train_on_last_step_only=False, is_eval=False)  # noqa: C408
        found = prm.PRMTrainer.tokenize_row(row, tokenizer, "\n", **wide)
        assert [label for label in found["labels"] if label != -100] == [
            n for n in row["labels"] if n != -100
        ]
        text = tokenizer.decode(found["input_ids"], skip_special_tokens=True)
        assert text == row["prompt"] + "".join(step + "\n" for step in row["completions"])


@pytest.mark.torch
def test_the_recipe_puts_each_label_on_its_step(out, tiny, tmp_path):
    import transformers

    tokenizer = transformers.AutoTokenizer.from_pretrained(tiny)
    export(out, "token-classification", tmp_path / "x", label_kind="fault")
    from datasets import load_dataset

    source = (EXAMPLES / "train_token_classification.py").read_text()
    recipe = source[source.index("def encode") : source.index("def scores")]
    scope = {"tokenizer": tokenizer}
    exec(recipe, scope)
    for row in load_dataset(str(tmp_path / "x"), split="test", cache_dir=str(tmp_path / "cache")):
        found = scope["encode"](row)
        wanted = {
            end - 1: label for end, label in zip(row["ends"], row["labels"], strict=True) if label != -100
        }
        offsets = tokenizer(row["text"], return_offsets_mapping=True)["offset_mapping"]
        got = {offsets[i][1] - 1: label for i, label in enumerate(found["labels"]) if label != -100}
        assert got == wanted


@pytest.mark.torch
@pytest.mark.timeout(700)
def test_a_token_classifier_scores_a_benchmark_here_and_behind_a_server(tiny, tmp_path):
    items = [("validation", item("a", 2, 1)), ("validation", item("b", 3)), ("test", item("c", 4, 2))]
    bench = write_items(tmp_path / "BENCH", items)
    environment = os.environ | {
        "HF_HUB_OFFLINE": "1",
        "HF_HOME": str(tmp_path / "hf"),
        "CUDA_VISIBLE_DEVICES": "",
    }
    with pooling_server() as url:
        for name, more in (("here", []), ("served", [url])):
            path = tmp_path / f"{name}.jsonl"
            arguments = [
                str(EXAMPLES / "score_with_transformers.py"),
                str(bench),
                str(tiny),
                str(path),
                *more,
            ]
            done = subprocess.run(
                [sys.executable, *arguments], env=environment, capture_output=True, text=True, timeout=600
            )
            assert done.returncode == 0, done.stderr[-3000:]
            assert bench_score(bench, path)["all"]["items"] == 1
    served = [json.loads(line) for line in (tmp_path / "served.jsonl").read_text().splitlines()]
    # The server's score of a token is its place. The score of a step is that of its last token; one byte is
    # one token.
    text = len(items[0][1].problem) + len(items[0][1].steps[0])
    assert next(one for one in served if one["id"] == "a")["scores"][0] == pytest.approx((text - 1) / 1000)


@contextmanager
def pooling_server():
    """A server that answers ``POST /pooling`` as vLLM does for a token classifier: two probabilities a token."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            rows = [[1 - place / 1000, place / 1000] for place in range(len(asked["input"]))]
            body = json.dumps({"data": [{"index": 0, "object": "pooling", "data": rows}]}).encode()
            self.send_response(200 if self.path == "/pooling" else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def test_the_token_classification_example_is_short():
    assert len((EXAMPLES / "train_token_classification.py").read_text().split("\n")) < 64


def test_the_examples_that_train_compile():
    for path in EXAMPLES.rglob("*.py"):
        compile(path.read_text("utf-8"), str(path), "exec")


def test_the_workflow_names_commands_and_options_that_exist():
    from click.testing import CliRunner

    from prmdata.cli.main import prmdata

    workflow = yaml.safe_load((EXAMPLES / "build-and-push.yml").read_text("utf-8"))
    assert set(workflow["jobs"]) == {"build", "merge"}
    runs = [step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step]
    commands = re.findall(r"^\s*(prmdata [^\n]*(?:\\\n[^\n]*)*)", "\n".join(runs), re.MULTILINE)
    assert {line.split()[1] for line in commands} == {"build", "merge", "stats", "push", "sandbox"}
    for line in commands:
        words = line.replace("\\\n", " ").split()
        help_text = CliRunner().invoke(prmdata, [words[1], "--help"]).output
        for option in (word.split("=")[0] for word in words if word.startswith("-")):
            assert option in help_text, f"{words[1]} has no {option}"
    shards = workflow["jobs"]["build"]["strategy"]["matrix"]["shard"]
    assert shards == list(range(1, len(shards) + 1)), "--shard counts from 1"
    assert f"/{len(shards)}" in "\n".join(runs)
