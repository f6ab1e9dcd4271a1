"""What living consumers make of their exports: every label arrives, by class, where its step ends.

Axolotl's and transformers' own code runs where it is installed (opt-in); beside it stand the rules that their loaders
follow, written down from the version named, so that each export is held to them everywhere.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from prmdata.datasets.reader import read_traces
from prmdata.exports.export import export
from prmdata.exports.format import RefusedError
from prmdata.records import IGNORE
from tests.builders.exported import FAULT, by_id, own_labels, rows_of
from tests.builders.traces import write_split

tokenizers = pytest.importorskip("tokenizers")
CHATML = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{% if message['role'] == 'assistant' %}"
    "{% generation %}{{ message['content'] | trim }}{% endgeneration %}{% else %}{{ message['content'] | trim }}"
    "{% endif %}<|im_end|>\n{% endfor %}"
)


@pytest.fixture(scope="module")
def tokenizer():
    """A byte-level tokenizer, as code models have, with the special tokens that the exports name."""
    alphabet = sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet())
    raw = tokenizers.Tokenizer(
        tokenizers.models.BPE(vocab={word: at for at, word in enumerate(alphabet)}, merges=[])
    )
    raw.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = tokenizers.decoders.ByteLevel()
    raw.add_special_tokens(["<extra_0>", "<|im_start|>", "<|im_end|>"])
    return raw  # fmt: skip


def classes(out):
    """The labels in the Parquet files, counted by class up to each row's first error."""
    return Counter(label for trace in by_id(out).values() for _, label in own_labels(trace))


def by_axolotls_rules(row, tokenizer, separator="\n"):
    """Tokens and labels by the rules of Axolotl 0.21.0 (``prompt_strategies/stepwise_supervised.py``): prompt and
    completions tokenized alone, the separator after each completion, the label on the last token of that."""
    ids = tokenizer.encode(row["prompt"], add_special_tokens=False).ids
    labels = [IGNORE] * len(ids)
    for completion, label in zip(row["completions"], row["labels"], strict=True):
        own = tokenizer.encode(completion, add_special_tokens=False).ids
        own += tokenizer.encode(separator, add_special_tokens=False).ids
        ids += own
        labels += [IGNORE] * (len(own) - 1) + [int(label)]
    return ids, labels


def check_axolotl(row, ids, labels, trace, tokenizer):
    ends = [
        tokenizer.decode(ids[: at + 1], skip_special_tokens=False)
        for at, n in enumerate(labels)
        if n != IGNORE
    ]
    program = "".join(trace.steps)
    assert ends == ["".join(trace.steps[: step + 1]) for step, _ in own_labels(trace)]
    assert program.startswith(tokenizer.decode(ids))


def test_axolotl_by_its_rules_sees_every_label_where_its_step_ends(out, tmp_path, tokenizer):
    export(out, "axolotl", tmp_path / "x", **FAULT)
    traces = by_id(out)
    found: Counter[Any] = Counter()
    for row in rows_of(tmp_path / "x"):
        ids, labels = by_axolotls_rules(row, tokenizer)
        check_axolotl(row, ids, labels, traces[row["id"]], tokenizer)
        found.update(label for label in labels if label != IGNORE)
    assert found == classes(out)


def test_the_yaml_beside_the_rows_trains_on_them(out, tmp_path):
    export(out, "axolotl", tmp_path / "x", **FAULT)
    config = yaml.safe_load((tmp_path / "x/train.yaml").read_text("utf-8"))
    assert config["process_reward_model"] is True
    assert (config["model_type"], config["num_labels"]) == ("AutoModelForTokenClassification", 2)
    (data,) = config["datasets"]
    assert (data["path"], data["type"], data["step_separator"]) == ("x", "stepwise_supervised", "\n")
    datasets = pytest.importorskip("datasets")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        rows = datasets.load_dataset(data["path"], split=data["split"], cache_dir=str(tmp_path / "cache"))
    assert len(rows) == len([row for row in rows_of(tmp_path / "x") if row["problem_id"] not in ("made/0", "made/4")])  # fmt: skip


@pytest.mark.torch
def test_axolotl_by_its_own_code_sees_every_label(out, tmp_path, tokenizer):
    loader = pytest.importorskip(
        "axolotl.prompt_strategies.stepwise_supervised", reason="opt-in: Axolotl 0.21 on Python 3.12"
    )
    import transformers
    from axolotl.utils.dict import DictDefault

    own = transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer)
    export(out, "axolotl", tmp_path / "x", **FAULT)
    config = DictDefault(yaml.safe_load((tmp_path / "x/train.yaml").read_text("utf-8")))
    strategy = loader.load(own, config, config.datasets[0])
    traces = by_id(out)
    found: Counter[Any] = Counter()
    for row in rows_of(tmp_path / "x"):
        made = strategy.tokenize_prompt(row)
        check_axolotl(row, made["input_ids"], made["labels"], traces[row["id"]], tokenizer)
        found.update(label for label in made["labels"] if label != IGNORE)
    assert found == classes(out)


def test_messages_are_turns_that_end_with_each_label(out, tmp_path):
    """The labels by RLHFlow's rules (``math-rm``): user and assistant take turns, and every answer is ``+``
    or ``-`` and is trained on."""
    export(out, "messages", tmp_path / "x", **FAULT)
    traces = by_id(out)
    found: Counter[Any] = Counter()
    for row in rows_of(tmp_path / "x"):
        trace, turns = traces[row["id"]], row["messages"]
        assert [turn["role"] for turn in turns] == ["user", "assistant"] * (len(turns) // 2)
        answers = [turn["content"] for turn in turns[1::2]]
        assert answers == ["-+"[label] for _, label in own_labels(trace)]
        found.update({"+": 1, "-": 0}[answer] for answer in answers)
        said = ""
        for (step, _), turn in zip(own_labels(trace), turns[::2], strict=True):
            said += turn["content"] + "\n"
            assert said == "".join(trace.steps[: step + 1])
    assert found == classes(out)


def test_yes_no_asks_after_each_step_and_weighs_what_is_a_label(out, tmp_path):
    export(out, "messages", tmp_path / "x", **FAULT)
    traces = by_id(out)
    found: Counter[Any] = Counter()
    for row in rows_of(tmp_path / "x"):
        trace, turns = traces[row["id"]], row["yes_no"]
        assert all(turn["loss_weight"] == 0 for turn in turns[::2])
        for turn in turns[1::2]:
            if turn["loss_weight"]:
                found[{"yes": 1, "no": 0}[turn["content"]]] += 1
            else:
                assert turn["content"] == "yes"
        shown = [turn["content"].strip().split("```python\n")[-1].split("\n```")[0] for turn in turns[::2]]
        steps = trace.steps[trace.given_steps :][: len(shown)]
        assert shown == [step.removesuffix("\n") for step in steps], (
            "a template that trims keeps the indentation"
        )
    assert found == classes(out)  # fmt: skip


def test_a_step_with_a_fence_in_it_stands_in_a_longer_one(made, tmp_path):
    base = made.reference_trace(0)
    fenced = replace(base, steps=(*base.steps[:-1], '    return "```"\n'))
    write_split([fenced], tmp_path / "OUT/data/steps", "train")
    export(tmp_path / "OUT", "messages", tmp_path / "x")
    (row,) = rows_of(tmp_path / "x")
    assert '````python\n    return "```"\n````' in row["yes_no"][-2]["content"]


@pytest.mark.torch
def test_a_chat_template_trains_on_the_signs_alone(out, tmp_path, tokenizer):
    transformers = pytest.importorskip("transformers", reason="opt-in: pip install transformers")
    own = transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, chat_template=CHATML)
    export(out, "messages", tmp_path / "x", **FAULT)
    found: Counter[Any] = Counter()
    for row in rows_of(tmp_path / "x"):
        made = own.apply_chat_template(row["messages"], return_dict=True, return_assistant_tokens_mask=True)
        pairs = zip(made["input_ids"], made["assistant_masks"], strict=True)
        found.update({"+": 1, "-": 0}[own.decode([token])] for token, trained in pairs if trained)
    assert found == classes(out)


def test_step_tokens_are_where_a_server_reads_scores(out, tmp_path, tokenizer):
    """The scores by the rules of vLLM's STEP pooling: one score at each token that is ``step_tag_id``, in
    order."""
    export(out, "step-token", tmp_path / "x", **FAULT)
    (tag,) = tokenizer.encode("<extra_0>", add_special_tokens=False).ids
    traces = by_id(out)
    found: Counter[Any] = Counter()
    for row in rows_of(tmp_path / "x"):
        trace = traces[row["id"]]
        ids = tokenizer.encode(row["text"], add_special_tokens=False).ids
        at = [place for place, token in enumerate(ids) if token == tag]
        assert len(at) == len(row["labels"])
        first = trace.given_steps
        assert [(first + n, label) for n, label in enumerate(row["labels"]) if label != IGNORE] == own_labels(trace)  # fmt: skip
        assert "".join(trace.steps).startswith(row["text"].replace("<extra_0>", ""))
        for step, place in enumerate(at, first):
            seen = tokenizer.decode([token for token in ids[:place] if token != tag])
            assert seen == "".join(trace.steps[: step + 1]).removesuffix("\n")
        found.update(label for label in row["labels"] if label != IGNORE)
    assert found == classes(out)


def test_a_placeholder_that_is_no_token_or_stands_in_the_text_is_refused(made, out, tmp_path, tokenizer):
    ids = SimpleNamespace(ids=lambda text: tokenizer.encode(text, add_special_tokens=False).ids)
    export(out, "step-token", tmp_path / "x", tokenizer=ids, **FAULT)
    with pytest.raises(RefusedError, match=r"9 tokens of this tokenizer.*--placeholder"):
        export(out, "step-token", tmp_path / "x", tokenizer=ids, placeholder="<extra_1>", **FAULT)
    base = made.reference_trace(0)
    held = replace(base, steps=(*base.steps[:-1], '    return "<extra_0>"\n'))
    write_split([held], tmp_path / "HELD/data/steps", "train")
    with pytest.raises(RefusedError, match="contains the placeholder"):
        export(tmp_path / "HELD", "step-token", tmp_path / "y")
    export(tmp_path / "HELD", "step-token", tmp_path / "y", placeholder="<|step|>")


@pytest.mark.parametrize("name", ["axolotl", "messages", "step-token", "tree"])
def test_each_is_written_as_a_config_too(out, name):
    result = export(out, name, as_config=True, mix=True)
    assert result.n_rows
    assert {trace.id for trace in read_traces(out)}, "the dataset's own rows are still there"
