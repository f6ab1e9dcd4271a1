"""From a name and settings to a teacher."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import Any, Final

from prmdata.errors import UsageError
from prmdata.plug_ins import load
from prmdata.teachers.contract import Teacher

GROUP: Final = "prmdata.teachers"
_OURS: Final = {
    "rules": EntryPoint("rules", "prmdata.teachers.rules:make", GROUP),
    "openai": EntryPoint("openai", "prmdata.teachers.openai:make", GROUP),
    "replay": EntryPoint("replay", "prmdata.teachers.replay:make", GROUP),
}
"""Our own teachers are named as those of other packages are: only the one that is asked for is imported."""


def teacher_names() -> tuple[str, ...]:
    """Ours, then those of the entry point group ``prmdata.teachers``."""
    return (*_OURS, *sorted({point.name for point in entry_points(group=GROUP)} - set(_OURS)))


def make_teacher(name: str, **settings: Any) -> Teacher:
    """The teacher called ``name``.

    Settings, each optional (None: not given): ``answers`` (Path, the store; needed by openai and replay),
    ``ledger``, ``model``, ``base_url``, ``prompts``, ``prices``, ``batch``, ``max_cost`` (US dollars),
    ``max_tokens``, ``max_requests``, ``concurrency``, ``rpm``, ``tpm``, ``backoff_s``, ``timeout_s``, ``temperature``,
    ``max_output_tokens``, ``complete_by``. What a teacher has no use for is ignored, so that one configuration serves all.

    An entry point of the group names a callable that takes the same settings. Raises UsageError for an
    unknown name (saying which there are) and for settings that cannot work.
    """
    given = {key: value for key, value in settings.items() if value is not None}
    if name in _OURS:
        ours: Teacher = _OURS[name].load()(**given)
        return ours
    for point in entry_points(group=GROUP):
        if point.name == name:
            return _added(point, given)
    raise UsageError(f"--teacher {name}: no such teacher; there are {', '.join(teacher_names())}")


def _added(point: EntryPoint, given: dict[str, Any]) -> Teacher:
    make = load(point)
    try:
        made = make(**given)
    except TypeError as error:
        raise UsageError(f"--teacher {point.name}: it cannot be made with these settings: {error}") from error
    if not isinstance(made, Teacher):
        raise UsageError(
            f"--teacher {point.name}: its entry point makes a {type(made).__name__}, not a Teacher"
        )
    return made
