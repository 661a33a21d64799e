"""Mermaid diagrams rendered from a design's data, never written by a model.

Names come from a model and may be anything. What has a meaning in mermaid's grammar is replaced by its full-width twin,
which looks the same and means nothing, so that no name can break a diagram.

>>> from softhouse.environment.documents import CallStep
>>> design = SystemDesign(overview="", modules=(ModuleDesign(path="a.py", purpose=""),),
...                       calls=(CallStep(caller="main", callee="store", call="load; drop"),))
>>> print(sequence_diagram(design))
sequenceDiagram
    participant p1 as main
    participant p2 as store
    p1->>p2: load； drop
"""

import re
from collections.abc import Iterator

from softhouse.environment.documents import FunctionDesign, ModuleDesign, SystemDesign

_PLAIN = frozenset(" _.,/[]|='&+!?")
"""ASCII punctuation that means nothing inside a label or a member."""
_PLAIN_IN_CALLS = _PLAIN | frozenset("()")
_FULL_WIDTH = 0xFEE0
"""From a printable ASCII character to its twin in Unicode's block "Halfwidth and Fullwidth Forms"."""


def class_diagram(design: SystemDesign) -> str:
    """The modules with their functions, their classes, and who imports whom, as a mermaid class diagram."""
    numbers = {module.path: f"m{number}" for number, module in enumerate(design.modules, start=1)}
    lines = ["classDiagram"]
    for module in design.modules:
        lines += _module(numbers[module.path], module)
    for module in design.modules:
        for path in module.depends_on:
            if path in numbers and path != module.path:
                lines.append(f"    {numbers[module.path]} ..> {numbers[path]} : imports")
    return "\n".join(lines)


def sequence_diagram(design: SystemDesign) -> str:
    """The calls of the main path, as a mermaid sequence diagram; empty where the design names none."""
    if not design.calls:
        return ""
    names = dict.fromkeys(name for step in design.calls for name in (step.caller, step.callee))
    numbers = {name: f"p{number}" for number, name in enumerate(names, start=1)}
    lines = ["sequenceDiagram"]
    lines += [f"    participant {number} as {_text(name)}" for name, number in numbers.items()]
    lines += [
        f"    {numbers[step.caller]}->>{numbers[step.callee]}: {_text(step.call, _PLAIN_IN_CALLS)}"
        for step in design.calls
    ]
    return "\n".join(lines)


def _module(number: str, module: ModuleDesign) -> Iterator[str]:
    yield from _box(number, module.path, "module", (_signature(function) for function in module.functions))
    for place, design in enumerate(module.classes, start=1):
        attributes = (f"+{_text(a.name)}: {_text(a.type)}" for a in design.attributes)
        methods = (_signature(method) for method in design.methods)
        yield from _box(f"{number}c{place}", design.name, "class", (*attributes, *methods))
        yield f"    {number} *-- {number}c{place}"


def _box(number: str, name: str, kind: str, members: Iterator[str] | tuple[str, ...]) -> Iterator[str]:
    yield f'    class {number}["{_text(name)}"] {{'
    yield f"        <<{kind}>>"
    yield from (f"        {member}" for member in members)
    yield "    }"


def _signature(function: FunctionDesign) -> str:
    parameters = ", ".join(f"{_text(p.name)}: {_text(p.type)}" for p in function.parameters)
    return f"+{_text(function.name)}({parameters}) {_text(function.returns)}"


def _text(text: str, plain: frozenset[str] = _PLAIN) -> str:
    """One line without mermaid's own characters and words; never empty."""
    words = " ".join("".join(_character(character, plain) for character in text).split())
    return re.sub(r"direction (?=TB|BT|RL|LR)", "direction_", words) or "_"


def _character(character: str, plain: frozenset[str]) -> str:
    if character == "-":
        return "\N{HYPHEN}"
    if not character.isprintable():
        return " "
    if character.isascii() and not character.isalnum() and character not in plain:
        return chr(ord(character) + _FULL_WIDTH)
    return character
