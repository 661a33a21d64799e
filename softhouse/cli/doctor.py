"""`softhouse doctor`: what is here, what is missing, and what the sandbox was found to hold."""

import os
import platform
import re
import subprocess
import sys
from importlib import metadata

from softhouse.cli.options import Json
from softhouse.cli.streams import say
from softhouse.environment.sandbox import IsolationReport
from softhouse.errors import SofthouseError
from softhouse.llm_backends.models import StoredModel
from softhouse.llm_backends.protocol import Frozen

VARIABLES = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_MODEL", "SOFTHOUSE_MODEL", "SOFTHOUSE_HOME", "HF_ENDPOINT")
"""What the backends and the downloads read from the environment."""
REQUIREMENT = re.compile(r"""([\w.-]+)[^;]*;.*\bextra\s*==\s*['"]([\w-]+)['"]""")
"""One line of a package's requirements that belongs to an extra (PEP 508): the package and the extra."""


DEVELOPMENT = ("dev", "test")
"""Extras for those who work on the house itself."""


class Package(Frozen):
    """A package that an extra brings."""

    name: str
    version: str | None
    """None: not installed."""


class Health(Frozen):
    """All that the doctor sees."""

    softhouse: str
    python: str
    platform: str
    git: str | None
    """Its version; None: not found. A project's first history is written without it; to go on with one takes git."""
    isolation: IsolationReport | None
    """What the sandbox's self-test found to hold; None: there is no sandbox here."""
    isolation_problem: str
    """Why there is none."""
    default_model: str
    """What answers where no `--model` is given."""
    backends: tuple[str, ...]
    models: tuple[StoredModel, ...]
    extras: dict[str, tuple[Package, ...]]
    variables: dict[str, bool]
    """Whether each is set; never its value."""


def doctor(json_lines: Json = False) -> int:
    """Show what is here: models, extras, the sandbox's level, keys (never their values)."""
    health = examine()
    say(health.model_dump_json() if json_lines else "\n".join(describe(health)), sys.stdout)
    return 0


def examine() -> Health:
    """Look at everything; takes up to a second or two for the sandbox's self-test."""
    from softhouse.llm_backends.models import list_models
    from softhouse.llm_backends.registry import backend_kinds, default_spec

    isolation, problem = examine_sandbox()
    return Health(
        softhouse=metadata.version("softhouse"),
        python=platform.python_version(),
        platform=platform.platform(),
        git=git_version(),
        isolation=isolation,
        isolation_problem=problem,
        default_model=default_spec(),
        backends=tuple(backend_kinds()),
        models=list_models(),
        extras=extras(metadata.requires("softhouse") or ()),
        variables={name: bool(os.environ.get(name)) for name in VARIABLES},
    )


def examine_sandbox() -> tuple[IsolationReport | None, str]:
    """What the strongest sandbox of this machine holds, or why there is none."""
    from softhouse.environment.sandbox import Level, open_sandbox

    try:
        return open_sandbox(required=Level.NONE).report, ""
    except SofthouseError as error:
        return None, str(error)


def git_version() -> str | None:
    """The version of the git on the PATH, None where there is none that runs."""
    try:
        run = subprocess.run(["git", "--version"], capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return run.stdout.removeprefix("git version").strip()


def extras(requirements: "list[str] | tuple[str, ...]") -> dict[str, tuple[Package, ...]]:
    """The packages of each extra that a user may want, and their versions.

    >>> extras(["pydantic>=2", "no-such-package[x]>=1; sys_platform == 'linux' and extra == 'local'"])
    {'local': (Package(name='no-such-package', version=None),)}
    """
    found: dict[str, list[Package]] = {}
    for line in requirements:
        match = REQUIREMENT.match(line)
        if match and match[1] != "softhouse" and match[2] not in DEVELOPMENT:
            found.setdefault(match[2], []).append(Package(name=match[1], version=installed_version(match[1])))
    return {extra: tuple(packages) for extra, packages in found.items()}


def installed_version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def describe(health: Health) -> list[str]:
    """The report for a person."""
    isolation = health.isolation
    lines = [
        f"softhouse  {health.softhouse}, Python {health.python}, {health.platform}",
        f"git        {health.git or 'not found: install git, to go on with a project takes it'}",
        f"sandbox    {isolation.describe() if isolation else health.isolation_problem}",
    ]
    if isolation:
        lines += [
            f"           {name:11} {'holds' if finding.holds else 'OPEN':5} {finding.how}"
            for name, finding in isolation.findings().items()
        ]
    lines += [
        f"backends   {', '.join(health.backends)}",
        f"default    {health.default_model}",
    ]
    for model in health.models:
        place = model.place if model.present else f"not here yet; softhouse models pull {model.name}"
        lines.append(f"model      {model.name}: {place}")
    for extra, packages in health.extras.items():
        there = [f"{package.name} {package.version}" for package in packages if package.version]
        missing = [package.name for package in packages if not package.version]
        words = [*there, *([f"missing: {', '.join(missing)}"] if missing else [])]
        lines.append(f"extra      {extra}: {', '.join(words)}")
    lines += [f"variable   {name}: {'set' if is_set else 'not set'}" for name, is_set in health.variables.items()]
    return lines
