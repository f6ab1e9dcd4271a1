"""``prmdata doctor``: what works here, and what does not hold."""

from __future__ import annotations

import json

import click

from prmdata.sandboxes.examination import Examination, SandboxReport, examine


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print everything as one JSON object.")
def command(as_json: bool) -> int:
    """Check this machine: engine, image, every promise of every sandbox, extras.

    Exit code 1 when no sandbox works.
    """
    found = examine()
    if as_json:
        click.echo(json.dumps(found.as_dict(), indent=2))
    else:
        _show(found)
    return 0 if found.well else 1


def _show(found: Examination) -> None:
    click.echo(f"prmdata {found.version} on Python {found.python}, {found.system}")
    engine = found.engine
    if engine["answers"]:
        rootless = ", rootless" if engine["rootless"] else ""
        click.echo(
            f"container engine {engine['version']}{rootless}, cgroups v{engine['cgroups']},"
            f" runtimes {', '.join(engine['runtimes'])}"
        )
    else:
        click.echo(engine["said"])
    click.echo("namespaces: " + ", ".join(f"{name} {state}" for name, state in found.namespaces.items()))
    click.echo(
        "extras: " + ", ".join(f"{name} {'yes' if there else 'no'}" for name, there in found.extras.items())
    )
    for name, value in found.environment.items():
        click.echo(f"{name}={value}")
    for report in found.sandboxes:
        click.echo("")
        _show_sandbox(report)
    if not found.well:
        click.echo("\nno sandbox works here: nothing can be judged")


def _show_sandbox(report: SandboxReport) -> None:
    click.echo(f"sandbox {report.name}: {'works' if report.works else 'does not work'}")
    if report.error:
        click.echo(f"  {report.error}")
    for name, value in report.facts.items():
        shown = ", ".join(map(str, value)) or "nothing" if isinstance(value, (list, tuple)) else value
        click.echo(f"  {name.replace('_', ' ')}: {shown}")
    for check in report.checks:
        state = "holds" if check.holds else ("FAILS" if check.required else "open ")
        seen = "" if check.holds else f": {check.seen}"
        click.echo(f"  {state}  {check.promise}{seen}")
    for line in report.does_not_cover:
        click.echo(f"  does not cover: {line}")
