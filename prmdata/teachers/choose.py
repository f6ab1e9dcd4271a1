"""From a name and settings to a teacher."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Final

from prmdata.errors import UsageError
from prmdata.teachers.contract import Teacher

GROUP: Final = "prmdata.teachers"
_CAPS: Final = {"max_cost": "cost_usd", "max_tokens": "tokens", "max_requests": "requests"}
_TERMS: Final = ("concurrency", "rpm", "tpm", "backoff_s")
_SAMPLING: Final = ("temperature", "max_output_tokens")


def teacher_names() -> tuple[str, ...]:
    """Ours, then those of the entry point group ``prmdata.teachers``."""
    return (*_OURS, *sorted({point.name for point in entry_points(group=GROUP)} - set(_OURS)))


def make_teacher(name: str, **settings: Any) -> Teacher:
    """The teacher called ``name``.

    Settings, each optional (None: not given): ``answers`` (Path, the store; needed by openai and replay),
    ``ledger``, ``model``, ``base_url``, ``prompts``, ``prices``, ``batch``, ``max_cost`` (US dollars),
    ``max_tokens``, ``max_requests``, ``concurrency``, ``rpm``, ``tpm``, ``backoff_s``, ``timeout_s``, ``temperature``,
    ``max_output_tokens``. What a teacher has no use for is ignored, so that one configuration serves all.

    An entry point of the group names a callable that takes the same settings. Raises UsageError for an
    unknown name (saying which there are) and for settings that cannot work.
    """
    given = {key: value for key, value in settings.items() if value is not None}
    if name in _OURS:
        return _OURS[name](given)
    for point in entry_points(group=GROUP):
        if point.name == name:
            return _loaded(point.load, name, given)
    raise UsageError(f"--teacher {name}: no such teacher; there are {', '.join(teacher_names())}")


def _loaded(load: Callable[[], Any], name: str, given: dict[str, Any]) -> Teacher:
    try:
        made = load()(**given)
    except (ImportError, AttributeError, TypeError) as error:
        raise UsageError(f"--teacher {name}: its package cannot be used: {error}") from error
    if not isinstance(made, Teacher):
        raise UsageError(f"--teacher {name}: its entry point makes a {type(made).__name__}, not a Teacher")
    return made


def _rules(_given: dict[str, Any]) -> Teacher:
    from prmdata.teachers.rules import RulesTeacher

    return RulesTeacher()


def _openai(given: dict[str, Any]) -> Teacher:
    from prmdata.teachers.budget import Caps
    from prmdata.teachers.live import Terms
    from prmdata.teachers.openai import OpenAITeacher, Settings

    if not given.get("model"):
        raise UsageError("--teacher openai: which model? give --model")
    same = ("base_url", "prompts", "prices", "ledger", "timeout_s", "batch")
    return OpenAITeacher(
        Settings(
            model=given["model"],
            answers=_answers(given, "openai"),
            caps=Caps(**{field: given[key] for key, field in _CAPS.items() if key in given}),
            terms=Terms(**{key: given[key] for key in _TERMS if key in given}),
            sampling=_sampling(given),
            **{key: given[key] for key in same if key in given},
        )
    )


def _replay(given: dict[str, Any]) -> Teacher:
    from prmdata.teachers.replay import ReplayTeacher

    return ReplayTeacher(
        _answers(given, "replay"),
        given.get("model"),
        given.get("base_url"),
        given.get("prompts"),
        _sampling(given),
    )


def _answers(given: dict[str, Any], name: str) -> Path:
    if "answers" not in given:
        raise UsageError(f"--teacher {name}: where are the answers kept? give the path of answers.sqlite")
    return Path(given["answers"])


def _sampling(given: dict[str, Any]) -> Any:
    from prmdata.teachers.prompt_builder import Sampling

    return Sampling(**{key: given[key] for key in _SAMPLING if key in given})


_OURS: Final[dict[str, Callable[[dict[str, Any]], Teacher]]] = {
    "rules": _rules,
    "openai": _openai,
    "replay": _replay,
}
