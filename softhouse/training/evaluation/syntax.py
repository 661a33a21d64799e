"""The functions that a model writes, cut out of what it goes on to say."""

from softhouse.training.evaluation.subject import Continuation


def function_of(header: str, continuation: Continuation) -> str:
    """The whole function: what comes after the first line that is not indented any more belongs to something else.

    Where the model was stopped in the middle of a line, that line is left out; nothing else is mended.

    >>> function_of("def f(x):\\n", Continuation("    return x\\n\\n\\ndef g():\\n    pa", ended=False))
    'def f(x):\\n    return x\\n'
    """
    lines = continuation.text.splitlines(keepends=True)
    if lines and not continuation.ended and not lines[-1].endswith("\n"):
        lines.pop()
    body: list[str] = []
    for line in lines:
        if line.strip() and not line.startswith((" ", "\t")):
            break
        body.append(line)
    while body and not body[-1].strip():
        body.pop()
    return header + "".join(body)
