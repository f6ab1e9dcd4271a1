"""The image is named after its content and built once. If it cannot be made, the error says what to do."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from prmdata.errors import SandboxError, UsageError
from prmdata.resources import guest_digest
from prmdata.sandboxes import image, packages
from prmdata.sandboxes.docker_engine import client


@pytest.mark.docker
def test_the_same_content_is_the_same_image_whoever_builds_it_at_once(docker_engine: str) -> None:
    base = image.usable_image().base
    with ThreadPoolExecutor(3) as threads:
        built = list(threads.map(lambda _: image.build(base), range(3)))
    assert built[0] == built[1] == built[2]
    assert built[0].base == base
    assert built[0].packages == ()


@pytest.mark.docker
def test_the_image_holds_no_set_uid_file_and_hides_the_guest(docker_engine: str) -> None:
    look = "find / -xdev -type f -perm /6000; stat -c %a /opt/prmdata/guest"
    api = client()
    made = api.create_container(docker_engine, ["sh", "-c", look], network_disabled=True)["Id"]
    try:
        api.start(made)
        api.wait(made)
        assert api.logs(made).decode().split() == ["700"]
    finally:
        api.remove_container(made, force=True)


@pytest.mark.docker
def test_pruning_keeps_the_current_image_and_young_ones(docker_engine: str) -> None:
    image.prune()
    assert client().inspect_image(docker_engine)["Id"] == docker_engine


@pytest.mark.docker
def test_a_base_that_is_nowhere_is_one_clear_line_that_says_what_to_do(docker_engine: str) -> None:
    with pytest.raises(SandboxError, match=r"prmdata-no-such-image.*PRMDATA_SANDBOX_BASE") as caught:
        image.build("localhost:1/prmdata-no-such-image:none")
    assert "\n" not in str(caught.value)


@pytest.mark.docker
def test_wheels_are_chosen_for_the_python_of_the_image(docker_engine: str) -> None:
    target = packages.target_of(docker_engine)
    assert target.python >= (3, 11)
    assert target.platforms()[-1] == f"manylinux2014_{target.machine}"


def test_newer_platform_tags_than_the_images_libc_are_not_asked_for() -> None:
    old = packages.Target((3, 12), "x86_64", (2, 28))
    assert old.platforms()[0] == "manylinux_2_28_x86_64"
    assert "manylinux_2_34_x86_64" not in old.platforms()


@pytest.mark.parametrize("name", ["--index-url=x", "./here", "numpy; rm -rf", "-r"])
def test_only_names_of_packages_are_passed_to_pip(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--with takes the name"):
        packages.unpack([name], tmp_path, packages.Target((3, 13), "x86_64", (2, 41)))


def test_the_guest_has_a_digest_that_its_content_decides() -> None:
    digest = guest_digest()
    assert digest == guest_digest()
    assert len(digest) == 16


def test_the_base_image_script_is_sound_shell() -> None:
    script = Path(__file__).parents[2] / ".ci" / "base-image"
    assert subprocess.run(["sh", "-n", str(script)], check=False).returncode == 0
