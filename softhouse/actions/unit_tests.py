"""Unit tests of a delivered project: run in the sandbox, test by test; taken out where they turn out wrong."""

import ast
import re
from collections.abc import Collection, Mapping

from softhouse.actions.cases import clip, suspect
from softhouse.actions.context import Context
from softhouse.actions.source import local_imports, module_name
from softhouse.environment.documents import Check
from softhouse.environment.sandbox import Command, Limits

TEST_LIMITS = Limits(wall_seconds=60)

# What `python -m unittest -v` prints for a test, `test_a (tests.test_x.XTest.test_a) ... ok` (without the last part
# before Python 3.11); a docstring puts its first line between name and verdict.
_RESULT = re.compile(r"^(\w+) \(([\w.]+)\)[^\n]*?(?:\n[^\n]*?)? \.\.\. (ok|FAIL|ERROR|skipped)", re.MULTILINE)


async def run_unit_tests(context: Context, path: str, content: str, files: Mapping[str, str]) -> list[Check]:
    """One check a test, named `path::Class.test`; one named `path`, failing, where the file does not load or end."""
    command = Command(argv=("python", "-m", "unittest", "-v", module_name(path)))
    trial = await context.execute([command], {**files, path: content}, limits=TEST_LIMITS)
    execution = trial.outcome.executions[0]
    checks = [
        Check(
            name=f"{path}::{_class_name(place, test)}.{test}",
            source="guessed",
            passed=result in ("ok", "skipped"),
            detail="" if result in ("ok", "skipped") else _excerpt(execution.stderr, test),
            suspect=_suspect(path, content, _excerpt(execution.stderr, test), files),
        )
        for test, place, result in _RESULT.findall(execution.stderr)
        if "_FailedTest" not in place
    ]
    if execution.exit_code != 0 and all(check.passed for check in checks):
        detail = clip(execution.stderr, tail=True) or "the tests do not end"
        at_fault = _suspect(path, content, detail, files)
        checks.append(Check(name=path, source="guessed", passed=False, detail=detail, suspect=at_fault))
    return checks


def without_tests(path: str, content: str, names: Collection[str]) -> str:
    """The file without the tests of these names (`path::Class.test`); empty where nothing is left, or all of it goes.

    >>> text = "class T(TestCase):\\n    def test_a(self): pass\\n    def test_b(self): pass\\n"
    >>> print(without_tests("tests/test_x.py", text, {"tests/test_x.py::T.test_a"}))
    class T(TestCase):
        def test_b(self): pass
    <BLANKLINE>
    """
    if path in names:
        return ""
    lines = content.splitlines(keepends=True)
    left = 0
    for class_ in [node for node in ast.parse(content).body if isinstance(node, ast.ClassDef)]:
        for method in [m for m in class_.body if isinstance(m, ast.FunctionDef) and m.name.startswith("test")]:
            if f"{path}::{class_.name}.{method.name}" not in names:
                left += 1
                continue
            first = min([method.lineno, *(d.lineno for d in method.decorator_list)])
            lines[first - 1 : method.end_lineno] = [""] * ((method.end_lineno or first) - first + 1)
    return "".join(lines) if left else ""


def _class_name(place: str, test: str) -> str:
    return place.removesuffix(f".{test}").rpartition(".")[2]


def _excerpt(report: str, test: str) -> str:
    """The part of unittest's report about one test."""
    for block in re.split(r"^={70}$", report, flags=re.MULTILINE)[1:]:
        if re.match(rf"\s*(FAIL|ERROR): {re.escape(test)} ", block):
            return clip(re.split(r"^-{70}\nRan ", block, flags=re.MULTILINE)[0].strip(), tail=True)
    return ""


def _suspect(path: str, content: str, detail: str, files: Mapping[str, str]) -> str:
    """The last of the project's files in the traceback, else the module that the tests import."""
    imported = local_imports(content, tuple(files))
    return suspect(detail, files, imported[0] if imported else next(iter(files), path))
