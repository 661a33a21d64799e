"""A folder of installed Python packages, distribution by distribution."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, MetadataPathFinder
from pathlib import Path

from softhouse.training.data.licences import licence_of_metadata, licence_of_text

_LICENCE_FILE = re.compile(r"(^|/)(licen[sc]e|copying)[^/]*$", re.IGNORECASE)


@dataclass(frozen=True)
class Package:
    """What is installed of one distribution."""

    name: str
    licence: str | None
    files: tuple[Path, ...]
    """Relative to the folder, sorted."""


def packages_in(folder: Path) -> Iterator[Package]:
    """The distributions whose metadata lie in `folder`, by name; at the end, named "", what none of them lists.

    Only a distribution's files are held in memory at a time, and the names at the folder's top.
    """
    # without the path cache of a finder: a folder that changed since must be read as it is
    distributions = MetadataPathFinder.find_distributions(_context(folder))
    by_name = {name: distribution for distribution in distributions if (name := _name(distribution)) is not None}
    owned: set[str] = set()
    for name in sorted(by_name):
        distribution = by_name[name]
        try:
            package = Package(name, _licence(distribution), tuple(sorted(_files(distribution, folder))))
        except (OSError, ValueError, csv.Error):  # a broken RECORD: nobody can say which files are its own
            continue
        owned.update(file.parts[0] for file in package.files)
        yield package
    strangers = tuple(
        path.relative_to(folder)
        for top in sorted(folder.iterdir())
        if top.name not in owned and not top.is_symlink() and not top.name.endswith((".dist-info", ".egg-info"))
        for path in ([top] if top.is_file() else sorted(top.rglob("*")))
    )
    yield Package("", None, strangers)


def _context(folder: Path) -> "MetadataPathFinder.Context":
    from importlib.metadata import DistributionFinder

    return DistributionFinder.Context(path=[str(folder)])


def _name(distribution: Distribution) -> str | None:
    try:
        return distribution.metadata["Name"] or "?"
    except (OSError, ValueError):  # metadata that are no UTF-8
        return None


def _files(distribution: Distribution, folder: Path) -> Iterator[Path]:
    """What it lists (RECORD, or what Debian and setuptools leave instead), as far as it lies in `folder`."""
    listed = [Path(str(file)) for file in distribution.files or ()]
    if any(path.suffix == ".py" for path in listed):
        yield from (path for path in listed if ".." not in path.parts and not path.is_absolute())
        return
    for name in (distribution.read_text("top_level.txt") or distribution.metadata["Name"] or "").split():
        module = folder / f"{name}.py"
        if module.is_file():
            yield module.relative_to(folder)
        elif (package := folder / name).is_dir():
            yield from (path.relative_to(folder) for path in package.rglob("*"))


def _licence(distribution: Distribution) -> str | None:
    if known := licence_of_metadata(distribution.metadata):
        return known
    for file in sorted(str(file) for file in distribution.files or ()):
        if ".dist-info/" in file and _LICENCE_FILE.search(file):
            path = Path(str(distribution.locate_file(file)))
            if path.is_file() and (known := licence_of_text(path.read_text("utf-8", "replace"))):
                return known
    return None
