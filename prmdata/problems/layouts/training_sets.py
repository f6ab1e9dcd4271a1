"""Sets made for training: KodCode, AceCode, OpenCoder, open-r1's verifiable problems, DeepCoder, verl rows, rStar-Coder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prmdata.problems.layouts.cases import Cases, cases_of, paired
from prmdata.problems.layouts.references import first_whole
from prmdata.problems.layouts.texts import flattened, unfenced
from prmdata.problems.plain import opened
from prmdata.problems.rows import Row
from prmdata.records import Problem, Rollout


def read_kodcode(row: Row) -> Problem:
    """Reads a file of pytest tests and one solution. R1's own solution becomes a rollout if it is another
    program."""
    solution, other = unfenced(row.text("solution")), unfenced(row.text("r1_solution"))
    return Problem(
        id=row.identity("question_id", "id"),
        prompt=flattened(row, "question"),
        reference=solution,
        tests=cases_of(row, row.values.get("test")).tests,
        rollouts=(Rollout(other),) if other.strip() and other != solution else (),
        source=row.source,
        license=row.license,
        metadata=row.rest("question_id", "question", "solution", "test", "r1_solution"),
    )


def read_acecode(row: Row) -> Problem:
    """Asserts and programs that models wrote, with the share of the asserts that each passed. There is no reference: those
    that passed all stand first among the rollouts, so that vetting finds one of them."""
    written = [one for one in row.items("inferences") if isinstance(one, Mapping)]
    written.sort(key=lambda one: one.get("pass_rate") != 1)
    programs = [unfenced(str(one.get("completion") or "")) for one in written]
    rates = [{"program": index, "pass_rate": one.get("pass_rate")} for index, one in enumerate(written)]
    return Problem(
        id=row.identity("id", "question_id"),
        prompt=flattened(row, "question"),
        reference="",
        tests=cases_of(row, row.values.get("test_cases")).tests,
        rollouts=tuple(Rollout(program) for program in programs if program.strip()),
        source=row.source,
        license=row.license,
        metadata=row.rest("id", "question", "test_cases", "inferences", "context_messages", "source")
        | {"pass_rates": rates, "origin": row.values.get("source")},
    )


def read_opencoder(row: Row) -> Problem:
    """Reads a row whose ``code`` is the program of ``output``; ``output`` also holds an explanation."""
    code = row.text("code") or row.text("output")
    return Problem(
        id=row.identity("seq_id", "id"),
        prompt=row.text("instruction"),
        reference=unfenced(code),
        tests=cases_of(row, row.values.get("testcase")).tests,
        entry_point=row.text("entry_point") or None,
        source=row.source,
        license=row.license,
        metadata=row.rest("seq_id", "instruction", "output", "code", "testcase", "entry_point"),
    )


def read_openr1_verifiable(row: Row) -> Problem:
    """open-r1/verifiable-coding-problems: a gold solution in a fence, test cases inside ``verification_info``."""
    info = row.mapping("verification_info")
    reference = unfenced(row.text("gold_standard_solution"))
    return _problem(
        row,
        cases_of(row, info.get("test_cases")),
        prompt=flattened(row, "problem_statement"),
        solutions=[reference],
        ids=("problem_id", "in_source_id"),
        used=("problem_id", "problem_statement", "gold_standard_solution", "verification_info"),
    )


def read_deepcoder(row: Row) -> Problem:
    """Reads the four configs of DeepCoder. Solutions stand in fences (PrimeIntellect, TACO) or are missing
    (LiveCodeBench, Codeforces)."""
    solutions = (
        opened(row.values["solutions"])
        if isinstance(row.values.get("solutions"), str)
        else row.values.get("solutions")
    )
    listed = solutions if isinstance(solutions, list | tuple) else [solutions]
    about = row.embedded("metadata")
    name = str(about.get("func_name") or "") if isinstance(about, Mapping) else ""
    starter = row.text("starter_code")
    prompt = flattened(row, "problem")
    return _problem(
        row,
        cases_of(row, row.values.get("tests"), name),
        prompt=f"{prompt}\n\n{starter}" if starter else prompt,
        solutions=[unfenced(text) for text in listed if isinstance(text, str)],
        used=("problem", "solutions", "tests", "starter_code"),
    )


def read_verl(row: Row) -> Problem:
    """Rows of verl (PRIME's Eurus and others): a chat as prompt, the tests as JSON in ``reward_model.ground_truth``. They
    have no solutions; ``extra_info`` may hold one under a name that says so."""
    about = row.values.get("extra_info")
    extra = about if isinstance(about, Mapping) else {}
    solutions = [
        unfenced(extra[key]) for key in ("reference", "solution", "code") if isinstance(extra.get(key), str)
    ]
    return _problem(
        row,
        cases_of(row, row.mapping("reward_model").get("ground_truth")),
        prompt=flattened(row, "prompt"),
        solutions=solutions,
        used=("prompt", "reward_model"),
    )


def read_rstar(row: Row) -> Problem:
    """Reads rStar-Coder's seed and synthetic test cases. The column ``code`` exists only if somebody added
    the solutions."""
    name = row.text("func_name")
    starter = row.text("starter_code")
    prompt = flattened(row, "question")
    cases = paired(row, row.values.get("inputs"), row.values.get("outputs"), name)
    return _problem(
        row,
        cases,
        prompt=f"{prompt}\n\n{starter}" if starter else prompt,
        solutions=[
            unfenced(row.text(key)) for key in ("code", "solution", "response") if row.values.get(key)
        ],
        ids=("question_id", "id"),
        used=("question_id", "question", "inputs", "outputs", "starter_code", "func_name", "code"),
    )


def _problem(
    row: Row,
    cases: Cases,
    *,
    prompt: str,
    solutions: list[str],
    used: tuple[str, ...],
    ids: tuple[str, ...] = ("id",),
) -> Problem:
    starter = row.text("starter_code")
    reference, others = first_whole(solutions)
    metadata: dict[str, Any] = row.rest(*used, *ids)
    return Problem(
        id=row.identity(*ids),
        prompt=prompt,
        reference=reference,
        tests=cases.tests,
        setup=cases.setup,
        entry_point=cases.entry(reference or starter + "pass\n"),
        references=others,
        source=row.source,
        license=row.license,
        metadata=metadata,
    )
