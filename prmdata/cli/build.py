"""``prmdata build``: the main job."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import click

import prmdata
from prmdata.cli.conventions import FILE, error_stream, notice, say, source_options
from prmdata.cli.grouped_help import GroupedCommand


class BuildCommand(GroupedCommand):
    """``build`` with its options by what they are about."""

    option_groups: ClassVar = {
        "Source": (
            "columns", "source_name", "license", "compare", "entry_point", "strict_source", "limit", "shard", "decontaminate",
            "rollouts_from",
        ),
        "Teacher": (
            "teacher", "model", "base_url", "prompts", "per_step", "depth", "rollouts", "rewrites", "temperature",
            "max_output_tokens", "concurrency", "rpm", "tpm", "timeout_s", "batch", "answers",
        ),
        "Strategy": ("strategy", "completer", "complete_by", "k", "search"),
        "Labels": ("policy", "prefix_labels"),
        "Sandbox": ("sandbox", "trust", "runtime", "workers"),
        "Engine": ("engine", "ray_address"),
        "Limits": ("max_cost", "max_tokens", "prices", "ledger", "max_per_problem"),
        "Output": ("out", "split", "splits_from", "seed", "fresh", "dry_run", "log_json", "config_file"),
    }  # fmt: skip


@click.command("build", cls=BuildCommand)
@click.argument("source", required=False)
@click.option("-o", "--out", type=FILE, help="Folder of the dataset (default: out).")
@click.option(
    "--config", "config_file", type=FILE, help="TOML file with [build] and [columns]; flags win over it."
)
@source_options
@click.option(
    "--teacher",
    metavar="[rules|openai|replay|...]",
    help="Who edits the programs (default: rules, which needs no network).",
)
@click.option("--model", help="Model of the openai teacher.")
@click.option("--base-url", help="OpenAI-compatible endpoint (key: OPENAI_API_KEY).")
@click.option("--prompts", type=FILE, help="Folder of prompts that replace the shipped ones.")
@click.option(
    "--strategy",
    metavar="[mutate-refactor|first-error|curriculum|...]",
    multiple=True,
    help="How programs are made; may be given more than once (default: mutate-refactor).",
)
@click.option(
    "--depth", type=int, help="Levels of verified refactors applied first to other steps (default: 0)."
)
@click.option(
    "--per-step",
    metavar="[N|auto]",
    help="Edits asked for each step; auto: one, then more of the steps whose edit earned a label (default: the teacher's own measure).",
)
@click.option(
    "--completer",
    metavar="[reference|openai]",
    help="Who completes prefixes (default: reference, which needs no network).",
)
@click.option(
    "--complete-by",
    type=click.Choice(["raw", "prefill", "chat", "auto"]),
    help="How a model goes on with a prefix: raw (/completions), prefill (its own turn), chat, or auto (default: chat).",
)
@click.option("--k", type=int, help="Completions of a prefix (default: 20).")
@click.option(
    "--search",
    type=click.Choice(["first", "full"]),
    help="first: bisect to the first bad step; full: estimate a value for every prefix (default: first).",
)
@click.option("--rollouts", type=int, help="Programs to sample from the teacher for each problem.")
@click.option(
    "--rewrites",
    type=int,
    help="Ends of a reference that a model writes anew (default: 4 with mutate-refactor, 0 without).",
)
@click.option(
    "--rollouts-from",
    type=FILE,
    help="File of rollouts: task_id or problem_id, program (at most 65,536 characters) or completion.",
)
@click.option(
    "--policy", metavar="[strict|paper|...]", help="The rule that decides labels (default: strict)."
)
@click.option(
    "--prefix-labels",
    type=click.Choice(["once", "always"]),
    help="once: the steps of a reference are labelled in its own row alone; always: in each row (default: once).",
)
@click.option(
    "--sandbox",
    metavar="[auto|docker|local|...]",
    help="Where programs run (default: auto, which takes Docker where an engine answers).",
)
@click.option(
    "--trust",
    type=click.Choice(["rules", "none"]),
    help="Whose edits of a vetted reference share a process, which is faster: those of our own rules, or nobody's (default: rules).",
)
@click.option("--runtime", help="Container runtime, such as runsc (gVisor).")
@click.option("--workers", type=int, help="Sandbox workers (default: the machine's cores).")
@click.option("--limit", type=int, help="Only the first N problems.")
@click.option("--seed", type=int, help="Seed of everything drawn (default: 0).")
@click.option("--shard", help="I/N: only this share of the problems, counting from 1.")
@click.option("--engine", metavar="[local|ray|...]", help="Where problems are worked on (default: local).")
@click.option("--ray-address", help="Address of a Ray cluster.")
@click.option(
    "--max-cost", type=float, help="Stop, resumable, before the teacher costs more than this (USD)."
)
@click.option(
    "--max-tokens", type=int, help="Stop, resumable, before the teacher takes more tokens than this."
)
@click.option("--prices", type=FILE, help="TOML file of model prices that adds to the shipped table.")
@click.option(
    "--answers", type=FILE, help="Store of the teacher's answers (default: OUT/.prmdata/answers.sqlite)."
)
@click.option(
    "--ledger",
    type=FILE,
    help="What is spent, and the pace: builds that name one file share --max-cost, --max-tokens, --rpm, --tpm.",
)
@click.option("--temperature", type=float, help="Sampling temperature (default: by attempt).")
@click.option("--max-output-tokens", type=int, help="Longest answer asked for.")
@click.option("--concurrency", type=int, help="Requests in flight at most; adapts to 429s below it.")
@click.option("--rpm", type=int, help="Requests a minute at most.")
@click.option("--tpm", type=int, help="Tokens a minute at most.")
@click.option("--timeout-s", type=float, help="Seconds to wait for one answer.")
@click.option("--batch", is_flag=True, default=None, help="Ask the teacher through its batch API.")
@click.option("--split", help="Shares by problem, such as train=0.9,test=0.1 (default: train=1).")
@click.option("--splits-from", type=FILE, help="Keep the sides that problems have in this older dataset.")
@click.option("--max-per-problem", type=int, help="At most this many rows a problem.")
@click.option(
    "--decontaminate", type=FILE, multiple=True, help="Leave out problems that overlap with this file."
)
@click.option("--dry-run", is_flag=True, default=None, help="Say what the build would take; build nothing.")
@click.option("--fresh", is_flag=True, default=None, help="Forget what is finished in OUT and begin again.")
@click.option(
    "--log-json", is_flag=True, default=None, help="Progress, notices and errors as JSON lines on stderr."
)
def command(config_file: Path | None, **given: Any) -> int:
    """Make a dataset from the problems of SOURCE: a file, a folder, - or a name.

    - is standard input. Files: JSON Lines, JSON, CSV and TSV (.gz and .zst too), Parquet and Arrow. Folders: of
    such files, of files of tests beside programs, or what save_to_disk wrote.

    Names: sample (bundled, the default), mbpp, humaneval, apps, ... or hf:owner/name[:config][:split].
    The same command run again goes on where it was stopped.
    """
    config = prmdata.configure(config_file, **given)
    if config.log_json:
        error_stream().speak_json()
    if config.dry_run:
        say(prmdata.dry_run(config, notice=notice).text())
        return 0
    try:
        result = prmdata.build(config, notice=notice, show_progress=True)
    except KeyboardInterrupt:
        notice("interrupted; run the same command again to go on")
        return 130
    say(result.text())
    return result.exit_code
