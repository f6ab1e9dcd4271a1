"""Prompts as files: Jinja2 text under YAML front matter, versioned and hashed into provenance.

A prompt is one file ``NAME.j2`` whose front matter has at least ``name`` and ``version``; other keys
(``temperature``, ``kinds``) are settings that belong to its words. A folder given by the user replaces
the shipped files of the same name; the others stay.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import jinja2
import yaml

from prmdata.errors import InputError
from prmdata.resources import shipped

NAMES: Final = (
    "edits",
    "program",
    "mutate",
    "refactor",
    "completions",
    "complete",
    "rewrite",
    "prefill",
    "raw",
)
_FENCE: Final = "---\n"


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt file as read. ``settings`` is its front matter, ``body`` the template's text."""

    name: str
    version: str
    settings: dict[str, Any]
    body: str
    digest: str
    path: Path


class PromptSet:
    """The prompts of one build. Raises InputError, naming file and line, for a file that is no prompt."""

    def __init__(self, folder: Path | None = None) -> None:
        self.prompts = {name: _read(_find(name, folder)) for name in NAMES}
        if folder is not None and not any(prompt.path.parent == folder for prompt in self.prompts.values()):
            raise InputError(
                str(folder), f"holds no prompt; it may hold any of {', '.join(NAMES)} as NAME.j2"
            )
        self._environment = jinja2.Environment(
            loader=jinja2.DictLoader({f"{name}.j2": prompt.body for name, prompt in self.prompts.items()}),
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            autoescape=False,
        )
        for name in NAMES:
            self._template(name)

    def settings(self, name: str) -> dict[str, Any]:
        """The front matter of one prompt."""
        return self.prompts[name].settings

    def render(self, name: str, **values: Any) -> str:
        """The text of one prompt; InputError where it names a value that does not exist. Blanks around it are
        dropped, but for ``raw``: there the last blank is where the model goes on."""
        try:
            text = self._template(name).render(**values)
            return text if name == "raw" else text.strip()
        except jinja2.UndefinedError as error:
            raise InputError(
                str(self.prompts[name].path), f"{error}; known here: {', '.join(sorted(values))}"
            ) from None

    def provenance(self) -> dict[str, dict[str, str]]:
        """Name → version and SHA-256 of the whole file."""
        return {name: {"version": p.version, "digest": p.digest} for name, p in sorted(self.prompts.items())}

    def _template(self, name: str) -> jinja2.Template:
        try:
            return self._environment.get_template(f"{name}.j2")
        except jinja2.TemplateSyntaxError as error:
            prompt = self.prompts[(error.name or name).removesuffix(".j2")]
            above = prompt.path.read_text("utf-8").count("\n") - prompt.body.count("\n")
            raise InputError(
                f"{prompt.path}:{above + error.lineno}", f"not a Jinja2 template: {error.message}"
            ) from None


def _find(name: str, folder: Path | None) -> Path:
    if folder is not None:
        if not folder.is_dir():
            raise InputError(str(folder), "no such folder; give one that holds prompts as NAME.j2")
        if (folder / f"{name}.j2").exists():
            return folder / f"{name}.j2"
    return shipped("prompts") / f"{name}.j2"


def _read(path: Path) -> Prompt:
    try:
        text = path.read_bytes().decode("utf-8").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(str(path), f"cannot be read: {error}") from None
    head, fence, body = text.removeprefix(_FENCE).partition("\n" + _FENCE)
    if not text.startswith(_FENCE) or not fence:
        raise InputError(f"{path}:1", "no front matter; begin with --- and give name and version")
    try:
        settings = yaml.safe_load(head)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark is not None else 1
        raise InputError(
            f"{path}:{line}", f"front matter is not YAML: {getattr(error, 'problem', error)}"
        ) from None
    missing = [key for key in ("name", "version") if not isinstance(settings, dict) or not settings.get(key)]
    if missing:
        raise InputError(f"{path}:1", f"front matter lacks {' and '.join(missing)}")
    if settings["name"] != path.stem:
        raise InputError(f"{path}:1", f"name is {settings['name']!r}; it must be the file's, {path.stem!r}")
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Prompt(settings["name"], str(settings["version"]), settings, body, digest, path)
