"""The nouns that every room uses: frozen, plain data classes with little behaviour of their own.

The README, the command line, the columns and the prompts use the same words. Nothing in this room
imports another room. The names contain the units (``cpu_s``, ``peak_bytes``). Indices of steps are
0-based. Physical lines are 1-based, as compilers and tracebacks count them.
"""

from prmdata.records.edits import Candidate, Edit, Intent, Step, StepKind
from prmdata.records.executions import (
    Execution,
    Isolation,
    Observation,
    Spec,
    Suite,
    Surrounding,
    Task,
    Verdict,
    Vetted,
)
from prmdata.records.problems import Compare, Limits, Problem, Reject, Rollout, Test
from prmdata.records.questions import Question, Reply, Request, Run, RunResult, RunResults, Usage
from prmdata.records.traces import (
    IGNORE,
    SCHEMA_VERSION,
    Counterexample,
    EditRecord,
    Evidence,
    LabelKind,
    Probe,
    Trace,
)

__all__ = [
    "IGNORE",
    "SCHEMA_VERSION",
    "Candidate",
    "Compare",
    "Counterexample",
    "Edit",
    "EditRecord",
    "Evidence",
    "Execution",
    "Intent",
    "Isolation",
    "LabelKind",
    "Limits",
    "Observation",
    "Probe",
    "Problem",
    "Question",
    "Reject",
    "Reply",
    "Request",
    "Rollout",
    "Run",
    "RunResult",
    "RunResults",
    "Spec",
    "Step",
    "StepKind",
    "Suite",
    "Surrounding",
    "Task",
    "Test",
    "Trace",
    "Usage",
    "Verdict",
    "Vetted",
]
