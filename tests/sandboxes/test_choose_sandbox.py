"""Which sandbox a build gets. A weaker sandbox is never chosen silently."""

from __future__ import annotations

import pytest

from prmdata.errors import NoEngineError, UsageError
from prmdata.sandboxes import docker_engine as engine
from prmdata.sandboxes.choose import choose, names
from prmdata.sandboxes.docker import DockerSandbox
from prmdata.sandboxes.local import LocalSandbox


@pytest.fixture
def _no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    engine.forget_client()
    monkeypatch.setattr(engine, "_own", type(engine._own)())


def test_local_says_what_it_does_not_cover() -> None:
    choice = choose("local")
    assert isinstance(choice.provider, LocalSandbox)
    assert any("does not cover" in line for line in choice.notices)


@pytest.mark.usefixtures("_no_engine")
def test_auto_without_an_engine_is_local_and_says_so() -> None:
    choice = choose("auto")
    assert isinstance(choice.provider, LocalSandbox)
    assert "no container engine" in choice.notices[0]


@pytest.mark.usefixtures("_no_engine")
def test_a_remote_models_code_is_never_run_locally_unasked() -> None:
    with pytest.raises(NoEngineError, match="--sandbox local") as caught:
        choose("auto", remote_teacher=True)
    assert caught.value.exit_code == 2
    assert isinstance(choose("local", remote_teacher=True).provider, LocalSandbox)


@pytest.mark.usefixtures("_no_engine")
@pytest.mark.parametrize("runtime", [None, "runsc"])
def test_docker_without_an_engine_is_one_clear_line(runtime: str | None) -> None:
    with pytest.raises(NoEngineError) as caught:
        choose("docker" if runtime is None else "auto", runtime=runtime)
    assert "\n" not in str(caught.value)
    assert "/nowhere/docker.sock" in str(caught.value)


def test_a_runtime_needs_containers() -> None:
    with pytest.raises(UsageError, match="needs --sandbox docker"):
        choose("local", runtime="runsc")


def test_a_name_that_is_none_lists_those_that_are() -> None:
    with pytest.raises(UsageError, match="auto, docker, local"):
        choose("cloud")
    assert names()[:3] == ["auto", "docker", "local"]


@pytest.mark.docker
def test_auto_with_an_engine_is_docker(docker_engine: str) -> None:
    choice = choose("auto", remote_teacher=True)
    assert isinstance(choice.provider, DockerSandbox)
    assert choice.provider.image.id == docker_engine


@pytest.mark.docker
def test_an_unknown_runtime_names_the_known_ones(docker_engine: str) -> None:
    with pytest.raises(UsageError, match="runc"):
        choose("docker", runtime="no-such-runtime")
