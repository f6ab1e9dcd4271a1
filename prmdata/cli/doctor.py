"""``prmdata doctor``: what works on this machine, and what does not."""

from __future__ import annotations

import json

import click

from prmdata.cli.conventions import say
from prmdata.sandboxes.examination import Examination, SandboxReport, examine


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print everything as one JSON object.")
def command(as_json: bool) -> int:
    """Check this machine: the engine, the sandboxes, the optional packages.

    Exit code 1 when no sandbox works.
    """
    found = examine()
    if as_json:
        say(json.dumps(found.as_dict(), indent=2))
    else:
        _show(found)
    return 0 if found.well else 1


def _show(found: Examination) -> None:
    say(f"prmdata {found.version} on Python {found.python}, {found.system}")
    engine = found.engine
    if engine["answers"]:
        rootless = ", rootless" if engine["rootless"] else ""
        say(
            f"container engine {engine['version']}{rootless}, cgroups v{engine['cgroups']},"
            f" runtimes {', '.join(engine['runtimes'])}"
        )
    else:
        say(engine["said"])
    say("namespaces: " + ", ".join(f"{name} {state}" for name, state in found.namespaces.items()))
    say("extras: " + ", ".join(f"{name} {'yes' if there else 'no'}" for name, there in found.extras.items()))
    for name, value in found.environment.items():
        say(f"{name}={value}")
    for report in found.sandboxes:
        say("")
        _show_sandbox(report)
    if not found.well:
        say("\nno sandbox works here: nothing can be judged")


def _show_sandbox(report: SandboxReport) -> None:
    say(f"sandbox {report.name}: {'works' if report.works else 'does not work'}")
    if report.error:
        say(f"  {report.error}")
    for name, value in report.facts.items():
        shown = ", ".join(map(str, value)) or "nothing" if isinstance(value, (list, tuple)) else value
        say(f"  {name.replace('_', ' ')}: {shown}")
    for check in report.checks:
        state = "holds" if check.holds else ("FAILS" if check.required else "open ")
        seen = "" if check.holds else f": {check.seen}"
        say(f"  {state}  {check.promise}{seen}")
    for line in report.does_not_cover:
        say(f"  does not cover: {line}")
