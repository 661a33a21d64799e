"""A script for the whole standard house: what its roles would write for a program of so many modules, without a model.

>>> from softhouse.testing import ScriptedBackend
>>> backend = ScriptedBackend(standard_house(modules=2))
"""

import json
import re
from collections.abc import Callable

from softhouse.llm_backends.protocol import CompletionRequest

Answer = Callable[[CompletionRequest], str]
_PATH = re.compile(r"Write `(?P<path>[^`]+)`")
_TESTED = re.compile(r"unit tests of `(?P<path>[^`]+)`")


def standard_house(*, modules: int = 1, characters: int = 0, broken: tuple[str, ...] = ()) -> Answer:
    """Replies of product manager, architect, engineers and QA for a program that adds its arguments up.

    With one module it is a script. With more, `main.py` imports `modules` others that do not depend on each other, each
    padded to `characters`. Files in `broken` are wrong at first and mended when QA sends them back.
    """
    names = [f"part{number}" for number in range(1, modules + 1)] if modules > 1 else []

    def answer(request: CompletionRequest) -> str:
        task = request.messages[1].content
        if "Write the product requirements" in task:
            return json.dumps(_requirements(modules))
        if "Design the program" in task:
            return json.dumps(_design(names))
        if tested := _TESTED.search(task):
            return _fenced(_tests(tested["path"]))
        if "has a problem:" in task:
            return "<<<<<<< SEARCH\n    return total - 1\n=======\n    return total\n>>>>>>> REPLACE"
        if "A test was guessed" in task:
            return json.dumps({"at_fault": "code", "reason": "the sum is one too small"})
        if written := _PATH.search(task):
            path = written["path"]
            return _fenced(_source(path, names, characters, wrong=path in broken))
        raise LookupError(f"the standard house's script has no answer to: {task[-200:]}")

    return answer


def _fenced(code: str) -> str:
    return f"```python\n{code}```"


def _requirements(modules: int) -> dict[str, object]:
    step = {"arguments": ["1", "2", "3"], "stdin": "", "stdout": "6", "exit_code": 0, "files": {}}
    return {
        "name": "Adder",
        "summary": "Adds its arguments up.",
        "goals": ["Add whole numbers"],
        "user_stories": [{"role": "clerk", "wish": "add numbers", "reason": "I need not do it by hand"}],
        "requirements": [{"text": "Print the sum of the arguments", "priority": "P0"}],
        "scope": "script" if modules == 1 else "package",
        "entry_point": "main.py",
        "cases": [{"name": "three numbers", "files": {}, "steps": [step], "source": "guessed"}],
    }


def _design(names: list[str]) -> dict[str, object]:
    function = {
        "name": "total",
        "parameters": [{"name": "numbers", "type": "list[int]"}],
        "returns": "int",
        "purpose": "The sum.",
    }
    parts: list[dict[str, object]] = [
        {"path": f"{name}.py", "purpose": "Adds.", "depends_on": [], "classes": [], "functions": [function]}
        for name in names
    ]
    entry = {
        "path": "main.py",
        "purpose": "Starts.",
        "depends_on": [f"{name}.py" for name in names],
        "classes": [],
        "functions": [],
    }
    calls = [{"caller": "main.py", "callee": f"{name}.py", "call": "total(numbers)"} for name in names]
    return {"overview": "One module a way to add.", "modules": [*parts, entry], "calls": calls}


def _source(path: str, names: list[str], characters: int, *, wrong: bool) -> str:
    result = "total - 1" if wrong else "total"
    function = f"def total(numbers: list[int]) -> int:\n    total = sum(numbers)\n    return {result}\n"
    if path != "main.py":
        return function + _padding(characters - len(function))
    imports = "".join(f"import {name}\n" for name in names)
    call = f"{names[0]}.total(numbers)" if names else "total(numbers)"
    own = "" if names else f"\n\n{function}"
    main = f"\n\nnumbers = [int(argument) for argument in sys.argv[1:]]\nprint({call})\n"
    text = f"import sys\n{imports}{own}{main}"
    return text + _padding(characters - len(text))


def _padding(characters: int) -> str:
    line = "# A remark that a module of this size would have somewhere.\n"
    return "\n" + line * (characters // len(line)) if characters > 0 else ""


def _tests(path: str) -> str:
    name = path.removesuffix(".py")
    return (
        f"import unittest\n\nimport {name}\n\n\nclass TotalTest(unittest.TestCase):\n"
        f"    def test_total(self) -> None:\n        self.assertEqual({name}.total([1, 2]), 3)\n"
    )
