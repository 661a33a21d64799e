"""Trials of a program as a small model writes them best: a short shell script. Read as data, never run by a shell.

Understood are heredocs, `echo`/`printf`/`cat` into files, starts of the program with arguments, input through `<`, a
pipe, a heredoc or `<<<`. Everything else is passed over.

>>> cases = read_transcript("echo 'b a' > in.txt\\npython main.py in.txt\\npython main.py in.txt -r", "main.py")
>>> cases[0].files, [step.arguments for step in cases[0].steps]
({'in.txt': 'b a\\n'}, [('in.txt',), ('in.txt', '-r')])
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field

from softhouse.environment.documents import Case, Step
from softhouse.environment.names import UnsafePathError, check_path

MOST_STEPS = 12
_HEREDOC = re.compile(r"(?<!<)<<(?!<)-?\s*(['\"]?)(\w+)\1")
_EXPANDED = re.compile(r"[$`*]|^(?:for|while|if|do|done|fi)\b")
"""A shell would make something else of such a line."""
_LITERAL = re.compile(r"'[^']*'|\"[^\"$`\\]*\"")
"""Quoted, it would not."""
_PYTHON = re.compile(r"^(?:\./|/\S*/)?python[\d.]*$|^py$")


@dataclass
class _Reader:
    program: str
    files: dict[str, str] = field(default_factory=dict)
    """Files laid out so far."""
    opened: dict[str, str] = field(default_factory=dict)
    """Files that the case under way began with."""
    steps: list[Step] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)

    def write(self, name: str, content: str, *, append: bool) -> None:
        try:
            check_path(name, reserved=())
        except UnsafePathError:
            return
        if self.steps:
            self.close()
        self.files[name] = self.files.get(name, "") + content if append else content

    def start(self, arguments: list[str], stdin: str) -> None:
        if not self.steps:
            self.opened = dict(self.files)
        self.steps.append(Step(arguments=tuple(arguments), stdin=stdin, exit_code=None))

    def close(self) -> None:
        if self.steps:
            name = " ".join(["python", self.program, *self.steps[0].arguments])
            self.cases.append(Case(name=name, files=self.opened, steps=tuple(self.steps), source="guessed"))
        self.steps = []


def read_transcript(script: str, program: str) -> tuple[Case, ...]:
    """The cases of a shell script: one for each stretch of starts between which no file is laid out.

    Expected outputs are left open (`stdout` and `exit_code` are None): what a small model expects is worth nothing.
    """
    reader = _Reader(program)
    count = 0
    for line, heredoc in _lines(script):
        count += _command(reader, line, heredoc)
        if count >= MOST_STEPS:
            break
    reader.close()
    return tuple(reader.cases)


def _lines(script: str) -> Iterator[tuple[str, str | None]]:
    """Each command line with its heredoc's text."""
    lines = iter(script.replace("\\\n", " ").splitlines())
    for raw in lines:
        line = raw.strip().removeprefix("$ ")
        if not line or line.startswith("#"):
            continue
        heredoc = _HEREDOC.search(line)
        if heredoc is None:
            yield from ((part.strip(), None) for part in re.split(r"\s*(?:&&|;)\s+(?=python|echo|printf|cat|rm)", line))
            continue
        body: list[str] = []
        for text in lines:
            if text.strip() == heredoc[2]:
                break
            body.append(text)
        yield _HEREDOC.sub("", line), "".join(f"{text}\n" for text in body)


def _command(reader: _Reader, line: str, heredoc: str | None) -> int:
    """Take one line; returns how many starts of the program it holds."""
    if _EXPANDED.search(_LITERAL.sub("''", line)):
        return 0
    try:
        stages = [stage for stage in _stages(line) if stage]
    except ValueError:
        return 0
    stdin = heredoc or ""
    for stage in stages:
        words, fed, target, append = _redirections(stage, reader.files)
        if fed is not None:
            stdin = fed
        if not words:
            continue
        if _starts(words, reader.program):
            arguments = words[2:] if _PYTHON.match(words[0]) else words[1:]
            reader.start(arguments, stdin)
            return 1
        output = _output(words, stdin, reader.files)
        if output is None:
            return 0
        if target is not None:
            reader.write(target, output, append=append)
        stdin = output
    return 0


def _stages(line: str) -> list[list[str]]:
    """The words of each stage of a pipe. Raises `ValueError` for quotes that do not close."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|<>")
    lexer.whitespace_split = True
    lexer.commenters = ""
    stages: list[list[str]] = [[]]
    for word in lexer:
        if word == "|":
            stages.append([])
        else:
            stages[-1].append(word)
    return stages


def _redirections(words: list[str], files: dict[str, str]) -> tuple[list[str], str | None, str | None, bool]:
    """The other words, what is fed to the standard input, the file that is written to, and whether at its end."""
    plain: list[str] = []
    fed = target = None
    append = False
    waiting = iter(words)
    for word in waiting:
        if word in ("<", "<<<", ">", ">>"):
            name = next(waiting, "")
            if word == "<":
                fed = files.get(name, "")
            elif word == "<<<":
                fed = f"{name}\n"
            elif name not in ("", "/dev/null"):
                target, append = name, word == ">>"
        else:
            plain.append(word)
    return plain, fed, target, append


def _starts(words: list[str], program: str) -> bool:
    if _PYTHON.match(words[0]):
        return len(words) > 1 and words[1].removeprefix("./") == program
    return words[0].removeprefix("./") == program


def _output(words: list[str], stdin: str, files: dict[str, str]) -> str | None:
    """What a simple command writes; None for a command that is not understood."""
    match words[0]:
        case "echo":
            options = [w for w in words[1:2] if re.fullmatch(r"-[neE]+", w)]
            text = " ".join(words[1 + len(options) :])
            if any("e" in option for option in options):
                text = _escapes(text)
            return text if any("n" in option for option in options) else text + "\n"
        case "printf":
            return _escapes(words[1]) if len(words) == 2 else None
        case "cat":
            return stdin if len(words) == 1 else "".join(files.get(name, "") for name in words[1:])
        case "touch":
            return ""
        case _:
            return None


def _escapes(text: str) -> str:
    return text.replace("\\n", "\n").replace("\\t", "\t").replace("%%", "%")
