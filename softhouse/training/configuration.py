"""The TOML file of a training: a table a step, each checked by the step's own model when it is asked for."""

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from softhouse.errors import MissingExtraError, UsageError
from softhouse.training.steps import SECTIONS, section_class

PRESETS = ("nano", "micro", "small")
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class TrainingConfiguration:
    """Tables by name, as they stand in the file; `section` makes one a model."""

    source: str
    """What to name in messages: the file, or the preset."""
    tables: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    seed: int = 0
    """Key of the file outside any table; `--seed` wins over it."""

    def section(self, name: str, kind: type[Model]) -> Model:
        """The table `name` as a `kind`; without the table, the defaults. `UsageError` names the first wrong key.

        >>> from softhouse.llm_backends.protocol import Frozen
        >>> class Data(Frozen):
        ...     min_length: int = 50
        >>> TrainingConfiguration("my.toml", {"data": {"min_length": 9}}).section("data", Data).min_length
        9
        """
        try:
            return kind.model_validate(dict(self.tables.get(name, {})))
        except ValidationError as error:
            raise UsageError(f"{self.source}: {first_problem(name, kind, error)}") from None

    def check(self, must_have: Iterable[str]) -> None:
        """Check every table that is in the file or in `must_have`, so that a typing error is told before hours of work.

        A table of a step whose packages are not installed is checked when that step is run.
        """
        for name in SECTIONS:
            if name in must_have:
                self.section(name, section_class(name))
            elif name in self.tables:
                try:
                    kind = section_class(name)
                except (MissingExtraError, UsageError):
                    continue
                self.section(name, kind)

    def fingerprint(self, names: Iterable[str]) -> str:
        """A hash of these tables with their defaults filled in: a key that is spelled out changes nothing.

        Nor does a field that its class excludes (`Field(exclude=True)`), for it changes no results.
        """
        filled = {name: self.section(name, section_class(name)).model_dump(mode="json") for name in sorted(names)}
        return hashlib.sha256(json.dumps(filled, sort_keys=True).encode()).hexdigest()


def read_configuration(path: Path | None, preset: str | None, seed: int | None) -> TrainingConfiguration:
    """The file's tables over those of the preset, key by key; `UsageError` for what can't be read or isn't known."""
    tables: dict[str, Any] = {}
    if preset is not None:
        if preset not in PRESETS:
            raise UsageError(f"there is no preset {preset!r}; the presets are: {', '.join(PRESETS)}")
        tables = _tables(Path(__file__).with_name("presets") / f"{preset}.toml")
    if path is not None:
        tables = merged(tables, _tables(path))
    source = str(path) if path is not None else f"preset {preset}" if preset is not None else "the defaults"
    in_file = tables.pop("seed", 0)
    for name, table in tables.items():
        if name not in SECTIONS:
            raise UsageError(f"{source}: there is no table [{name}]; the tables are: {', '.join(SECTIONS)}")
        if not isinstance(table, dict):
            raise UsageError(f"{source}: {name} is the name of a table; write [{name}] and its keys below it")
    chosen = in_file if seed is None else seed
    if not isinstance(chosen, int) or isinstance(chosen, bool) or chosen < 0:
        raise UsageError(f"{source}: seed = {chosen!r} is not a number from 0 on")
    return TrainingConfiguration(source, tables, chosen)


def _tables(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not TOML: {error}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8 text; save it as UTF-8") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror or error}); check --config") from None


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """`above` over `below`, tables key by key, everything else as a whole.

    >>> merged({"model": {"layers": 8, "width": 192}}, {"model": {"layers": 4}})
    {'model': {'layers': 4, 'width': 192}}
    """
    result = dict(below)
    for key, value in above.items():
        known = result.get(key)
        result[key] = merged(known, value) if isinstance(known, dict) and isinstance(value, dict) else value
    return result


def first_problem(table: str, kind: type[BaseModel], error: ValidationError) -> str:
    """One line that names the key."""
    import difflib

    problem = error.errors()[0]
    key = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        close = difflib.get_close_matches(key, kind.model_fields, n=1)
        hint = f"did you mean {close[0]}?" if close else f"the keys are: {', '.join(kind.model_fields)}"
        return f"[{table}] has no key {key!r}; {hint}"
    message = problem["msg"].removeprefix("Value error, ")
    return f"[{table}] {key}: {message}" if key else f"[{table}]: {message}"
