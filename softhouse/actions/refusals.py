"""A program that refuses its input says so with its exit code: small models print the message and end with 0.

Where the program complains and nothing of the function is left to do, it ends there, with code 1; what the message says
goes to standard error. A complaint in a loop that goes on, a warning, and words that the requirement has itself are
none of this rule's business.

>>> print(refusing('def main():\\n    print("Error: no such name")\\n    return\\n\\nmain()\\n', "prints the value"))
def main():
    print("Error: no such name", file=sys.stderr)
    sys.exit(1)
<BLANKLINE>
main()
<BLANKLINE>
"""

import ast
import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from softhouse.actions.cases import COMPLAINT
from softhouse.actions.sentences import sentences_of
from softhouse.actions.source import Edit, edited, followed, inserted, parsed, replaced
from softhouse.actions.stated import stated_exit

_WARNING = re.compile(r"\s*(?:warning\b|警告)", re.IGNORECASE)
_DENIAL = re.compile(
    r"\b(?:not found|(?:does|do) not exist|doesn't exist|no such|already (?:exists?|lent)|not enough|insufficient"
    r"|not (?:a )?valid|invalid|cannot|can't|must be|is not)\b|不存在|未找到|找不到|无效|不足|错误|不能",
    re.IGNORECASE,
)
"""What a message says that refuses; only where the requirement has an exit code for a refusal."""
_ON_STDOUT = re.compile(r"standard output|标准输出", re.IGNORECASE)


def refusing(source: str, requirement: str) -> str:
    """`source` with exit code 1 wherever it complains and ends; unchanged where it does not parse."""
    if (tree := parsed(source)) is None:
        return source
    edits = [*_Refusals(source, requirement).edits(tree.body, last=True), *_exits_with_main(tree)]
    changed = edited(source, edits)
    return changed if parsed(changed) else source


_ANY_NUMBERS = re.compile(
    r"\b(?:integers|whole numbers|numbers)\b(?! of\b)|\b(?:an integer|a whole number)\b(?! of\b)|整数", re.IGNORECASE
)
_NOT_NEGATIVE = re.compile(
    r"\b(?:positive|natural|non-?negative|above|greater|larger|over|at least|from zero|from 0|or more|digits?)\b"
    r"|正整数|自然数|非负|大于|不小于|至少",
    re.IGNORECASE,
)
_DIGITS = ("isdigit", "isnumeric", "isdecimal")


def with_negatives(source: str, requirement: str) -> str:
    """`source` that takes negative numbers too where it asks `isdigit` before `int`, which has no sign.

    Only where a requirement speaks of integers or numbers, and says nothing of their least.

    >>> with_negatives("n = [int(s) for s in words if s.isdigit()]", "reads integers from standard input")
    "n = [int(s) for s in words if s.lstrip('-').isdigit()]"
    """
    if not _ANY_NUMBERS.search(requirement) or _NOT_NEGATIVE.search(requirement) or not (tree := parsed(source)):
        return source
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    read = {ast.unparse(call.args[0]) for call in calls if _name(call.func) in ("int", "float") and len(call.args) == 1}
    edits = []
    for call in calls:
        if isinstance(call.func, ast.Attribute) and call.func.attr in _DIGITS:
            tested = call.func.value
            while isinstance(tested, ast.Call) and isinstance(tested.func, ast.Attribute):
                tested = tested.func.value  # of number.replace(".", "", 1), the number
            if ast.unparse(tested) in read and "lstrip" not in ast.unparse(call):
                edits.append(replaced(tested, f"{ast.unparse(tested)}.lstrip('-')"))
    changed = edited(source, edits)
    return changed if parsed(changed) else source


def spoken_out(source: str) -> str:
    """`source` with everything on standard output that it prints to standard error and does not end after.

    For a program of which nothing but its error output was seen, though it ended well.
    """
    if (tree := parsed(source)) is None:
        return source
    edits = []
    for node in ast.walk(tree):
        for body in (getattr(node, field, []) for field in ("body", "orelse", "finalbody")):
            if not isinstance(body, list):  # a lambda's, a conditional expression's
                continue
            for statement, following in zip_longest(body, body[1:]):
                call = statement.value if isinstance(statement, ast.Expr) else None
                ends = exits(following) or isinstance(following, ast.Return)
                if isinstance(call, ast.Call) and _is_print(call) and _stream(call) == "sys.stderr" and not ends:
                    call.keywords = [keyword for keyword in call.keywords if keyword.arg != "file"]
                    edits.append(replaced(statement, ast.unparse(statement)))
    return edited(source, edits)


def ending_in_silence(source: str, code: int) -> str:
    """`source` that ends with exit code `code` where its `main` ends well and has printed nothing."""
    lines = [
        "output = io.StringIO()",
        "try:",
        "    with contextlib.redirect_stdout(output):",
        "        {call}",
        "finally:",
        "    sys.stdout.write(output.getvalue())",
        "if not output.getvalue().strip():",
        f"    sys.exit({code})",
    ]
    return _with_main(source, lines)


def guarded(source: str) -> str:
    """`source` whose `main` ends with a message and code 1 where it would end with a traceback, and code 1.

    For a program that falls over unusual input only.
    """
    lines = [
        "try:",
        "    {call}",
        "except Exception:",
        '    print("Error: the arguments or the input are not valid", file=sys.stderr)',
        "    sys.exit(1)",
    ]
    return _with_main(source, lines)


def _with_main(source: str, lines: Sequence[str]) -> str:
    """`source` with `lines` in the place of the call of `main`, which stands in them as `{call}`."""
    if (tree := parsed(source)) is None:
        return source
    calls = [
        node
        for block in tree.body
        for node in (block.body if isinstance(block, ast.If) else [block])
        if isinstance(node, ast.Expr) and re.fullmatch(r"main\(.*\)|sys\.exit\(main\(.*\)\)", ast.unparse(node))
    ]
    if not calls:
        return source
    text = f"\n{' ' * calls[-1].col_offset}".join(lines).replace("{call}", ast.unparse(calls[-1]))
    return edited(source, [replaced(calls[-1], text)])


class _Refusals:
    def __init__(self, source: str, requirement: str) -> None:
        self._lines = source.encode().splitlines()
        self._requirement = requirement
        self._denials = stated_exit(requirement) == 1

    def edits(self, body: Sequence[ast.stmt], *, last: bool) -> Iterator[Edit]:
        """For one block; `last`: after it, nothing of its function is left to do."""
        for statement, following in zip_longest(body, body[1:]):
            final = last and following is None
            if complains(statement, self._requirement, denials=self._denials):
                yield from self._ended(statement, following, last=last)
            match statement:
                case ast.If() | ast.With():
                    yield from self.edits(statement.body, last=final)
                    yield from self.edits(getattr(statement, "orelse", []), last=final)
                case ast.Try():
                    yield from self.edits(statement.body, last=final and not statement.orelse)
                    yield from self.edits(statement.orelse, last=final)
                    for handler in statement.handlers:
                        yield from self.edits(handler.body, last=final)
                case ast.For() | ast.While():
                    yield from self.edits(statement.body, last=False)
                    yield from self.edits(statement.orelse, last=final)
                case ast.FunctionDef():
                    yield from self.edits(statement.body, last=True)
                case ast.ClassDef():
                    yield from self.edits(statement.body, last=False)

    def _ended(self, complaint: ast.stmt, following: ast.stmt | None, *, last: bool) -> Iterator[Edit]:
        """Edits that end the program after a complaint, if it ends there."""
        if following is None and last and self._alone(complaint):
            yield followed(complaint, "sys.exit(1)")
        elif isinstance(following, ast.Return) and _says_nothing(following.value):
            yield replaced(following, "sys.exit(1)")
        elif not exits(following):
            return
        call = complaint.value if isinstance(complaint, ast.Expr) else None
        if isinstance(call, ast.Call) and _stream(call) is None and not _ON_STDOUT.search(self._requirement):
            end = (call.end_lineno or 0, (call.end_col_offset or 0) - 1)
            yield inserted(end, ", file=sys.stderr")

    def _alone(self, statement: ast.stmt) -> bool:
        """Whether it stands on lines of its own."""
        before = self._lines[statement.lineno - 1][: statement.col_offset]
        after = self._lines[(statement.end_lineno or 1) - 1][statement.end_col_offset or 0 :]
        return not before.strip() and after.strip()[:1] in (b"", b"#")


def _exits_with_main(tree: ast.Module) -> Iterator[Edit]:
    """`main()` at the end becomes `sys.exit(main())` where it returns exit codes."""
    mains = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "main"]
    if not any(_is_failure(node) for main in mains for node in ast.walk(main)):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and _name(node.value.func) == "main":
            yield replaced(node, f"sys.exit({ast.unparse(node.value)})")


def _is_failure(node: ast.AST) -> bool:
    """Whether it returns an exit code other than 0."""
    value = node.value if isinstance(node, ast.Return) else None
    return isinstance(value, ast.Constant) and type(value.value) is int and value.value != 0


def _says_nothing(value: ast.expr | None) -> bool:
    """Whether a function that returns it says nothing but that it failed."""
    if isinstance(value, (ast.List, ast.Tuple)):
        return not value.elts
    if isinstance(value, ast.Dict):
        return not value.keys
    return value is None or isinstance(value, ast.Constant)


def complains(statement: ast.stmt, requirement: str = "", *, denials: bool = True) -> bool:
    """Whether a statement is a complaint, and no words that the requirement has itself.

    `denials`: not only on standard error or in words such as `Error`, but also in such as `not found`.
    """
    if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)):
        return False
    call = statement.value
    said = _literal(call.args[0]) if call.args else ""
    if _WARNING.match(said):
        return False
    stream, stated = _stream(call), _stated(said, requirement)
    refuses = bool(COMPLAINT.match(said) or (denials and _DENIAL.search(said)))
    if stream == "sys.stderr":
        return refuses or stated is None or stated_exit(stated) is not None
    return refuses and stream is None and _is_print(call) and stated is None


def _stated(said: str, requirement: str) -> str | None:
    """The sentence of a requirement that has a message, with its own names for the values in it; None for none.

    >>> _stated("… is not prime", "It prints 'N is not prime' for the others. It prints no more.")
    "It prints 'N is not prime' for the others."
    """
    if not said.strip("… "):
        return None
    written = re.compile(r"[^'\"`\n]+?".join(map(re.escape, said.split("…"))))
    return next((sentence for sentence in sentences_of(requirement) if written.search(sentence)), None)


def printed(statement: ast.Expr) -> str | None:
    """What a statement prints on standard output, `…` for each value in it; None where it does not print."""
    call = statement.value
    if not isinstance(call, ast.Call) or not _is_print(call) or _stream(call) is not None:
        return None
    return " ".join(map(_literal, call.args))


def is_printed(node: ast.AST) -> bool:
    """Whether it is a statement that prints on standard output."""
    return isinstance(node, ast.Expr) and printed(node) is not None


def exits(statement: ast.AST | None) -> bool:
    """Whether a statement ends the program."""
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return False
    return _name(statement.value.func) in ("sys.exit", "exit", "quit")


def _is_print(call: ast.Call) -> bool:
    return _name(call.func) == "print"


def _stream(call: ast.Call) -> str | None:
    """What it writes to, if that is said."""
    if _name(call.func) == "sys.stderr.write":
        return "sys.stderr"
    files = [keyword.value for keyword in call.keywords if keyword.arg == "file"]
    return ast.unparse(files[0]) if files and _is_print(call) else None


def _name(function: ast.expr) -> str:
    return ast.unparse(function) if isinstance(function, (ast.Name, ast.Attribute)) else ""


def _literal(argument: ast.expr) -> str:
    """The words of a text, `…` for each value among them."""
    if isinstance(argument, ast.JoinedStr):
        return "".join(_literal(value) for value in argument.values)
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return argument.value
    return "…"
