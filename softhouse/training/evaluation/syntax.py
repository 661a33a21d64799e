"""The functions that a model writes, cut out of what it goes on to say."""

from softhouse.training.evaluation.subject import Continuation


def function_of(header: str, continuation: Continuation) -> str:
    """The whole function: it ends before the first line that is indented no further than `header`.

    `header` has no line break at its end, for in what a model has read it is one token with the indentation after it.
    Where the model was stopped in the middle of a line, that line is left out; nothing else is mended.

    >>> function_of("def f(x):", Continuation("\\n    return x\\n\\n\\ndef g():\\n    pa", ended=False))
    'def f(x):\\n    return x\\n'
    """
    indentation = _indentation(header)
    rest, *lines = continuation.text.splitlines(keepends=True) or [""]
    if lines and not continuation.ended and not lines[-1].endswith("\n"):
        lines.pop()
    body = [rest]
    for line in lines:
        if line.strip() and not line.startswith((f"{indentation} ", f"{indentation}\t")):
            break
        body.append(line)
    while len(body) > 1 and not body[-1].strip():
        body.pop()
    return header + "".join(body)


def stand_alone(function: str) -> str:
    """The function as it would stand outside its class; lines of a bracket may be indented less than it is.

    >>> stand_alone("    def f(self):\\n        return 1\\n")
    'def f(self):\\n    return 1\\n'
    """
    indentation = _indentation(function)
    return "".join(line.removeprefix(indentation) for line in function.splitlines(keepends=True))


def _indentation(code: str) -> str:
    return code[: len(code) - len(code.lstrip(" \t"))]
