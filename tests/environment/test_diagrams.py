"""That mermaid itself reads these diagrams was checked with mermaid 11.17; here is what made it so."""

import re

from hypothesis import given
from hypothesis import strategies as st

from softhouse.environment.diagrams import class_diagram, sequence_diagram
from softhouse.environment.documents import (
    CallStep,
    ClassDesign,
    FunctionDesign,
    ModuleDesign,
    Parameter,
    SystemDesign,
)

NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["end", 'a"]', "%% x", "direction TB", "x)", "a\nb", "A --> B", "list[str]", "~T~", "#quot;", "}", "", "中文"]
)
MEMBER = re.compile(r" {8}(<<(module|class)>>|\+[^()\n]+\([^()\n]*\) [^()\n]+|\+[^()\n]+: [^()\n]+)")
LINES = re.compile(
    r'classDiagram|    class m\d+(c\d+)?\["[^"\n]+"\] \{|    \}|    m\d+ \*-- m\d+c\d+|    m\d+ \.\.> m\d+ : imports'
)


def design(name: str) -> SystemDesign:
    function = FunctionDesign(name=name, parameters=(Parameter(name=name, type=name),), returns=name)
    kind = ClassDesign(name=name, attributes=(Parameter(name=name, type=name),), methods=(function,))
    first = ModuleDesign(path="a.py", purpose=name, classes=(kind,), functions=(function,))
    second = ModuleDesign(path="b.py", purpose=name, depends_on=("a.py", "b.py"))
    calls = (CallStep(caller=name, callee="b.py", call=name),)
    return SystemDesign(overview=name, modules=(first, second), calls=calls)


@given(NAMES)
def test_no_name_breaks_the_class_diagram(name: str) -> None:
    lines = class_diagram(design(name)).split("\n")
    assert len(lines) == 15
    for line in lines:
        assert MEMBER.fullmatch(line) or LINES.fullmatch(line), line
        assert not re.search(r"direction\s+TB|[;#%`~]", line)


@given(NAMES)
def test_no_name_breaks_the_sequence_diagram(name: str) -> None:
    head, *lines = sequence_diagram(design(name)).split("\n")
    assert head == "sequenceDiagram"
    assert len(lines) in (2, 3)
    for line in lines:
        assert re.fullmatch(r"    (participant p\d as [^\n:;#<>-]+|p\d->>p\d: [^\n:;#<>-]+)", line), line


def test_a_diagram_shows_what_the_design_says() -> None:
    load = FunctionDesign(name="load", parameters=(Parameter(name="path", type="str"),), returns="list[str]")
    store = ModuleDesign(path="store.py", purpose="", functions=(load,))
    main = ModuleDesign(path="main.py", purpose="", depends_on=("store.py",))
    shown = SystemDesign(
        overview="", modules=(main, store), calls=(CallStep(caller="main.py", callee="store.py", call="load(path)"),)
    )
    diagram = class_diagram(shown)
    assert '    class m2["store.py"] {\n        <<module>>\n        +load(path: str) list[str]\n    }' in diagram
    assert "    m1 ..> m2 : imports" in diagram
    assert sequence_diagram(shown).endswith("    p1->>p2: load(path)")


def test_without_calls_there_is_no_sequence() -> None:
    assert sequence_diagram(SystemDesign(overview="", modules=(ModuleDesign(path="a.py", purpose=""),))) == ""
