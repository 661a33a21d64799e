"""The command line: names, options and exit codes are promises; everything that thinks lies below.

Exit codes: 0 delivered and accepted; 1 delivered, something failed (the report says what); 2 wrong usage; 3 the backend
can't be used; 4 budget reached, resumable; 5 waiting for approval, resumable; 6 isolation too weak; 70 a fault of the
house itself; 130 interrupted, resumable.

Standard output carries results and nothing else, standard error everything that a person watches.
"""

import os
import sys
import threading
from collections.abc import Sequence

from softhouse.errors import InterruptedRunError, SofthouseError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; no error leaves as a traceback.

    `arguments`: None stands for those that the program was started with.

    >>> main(["--version"])
    softhouse 0.1.0
    0
    """
    from softhouse.cli.commands import dispatch
    from softhouse.cli.crash import reported_crashes
    from softhouse.cli.streams import flush, use_utf8

    words = list(sys.argv[1:] if arguments is None else arguments)
    use_utf8()
    try:
        with reported_crashes():
            exit_code = dispatch(words)
    except SofthouseError as error:
        exit_code = report(error, as_json="--json" in words)
    except KeyboardInterrupt:
        exit_code = report(InterruptedRunError("interrupted"), as_json="--json" in words)
    flush()
    if arguments is None and exit_code == InterruptedRunError.exit_code and threading.active_count() > 1:
        # Whoever stops the program does not wait for a thread deep in a model's arithmetic; the journal is closed.
        os._exit(exit_code)
    return exit_code


def report(error: SofthouseError, *, as_json: bool) -> int:
    """Say in one line what went wrong, and as the last object where the caller reads JSON."""
    from softhouse.cli.streams import say

    message = " ".join(str(error).split())
    say(f"softhouse: {message}", sys.stderr)
    if as_json:
        from softhouse.cli.results import ErrorResult

        result = ErrorResult(exit_code=error.exit_code, error=type(error).__name__, message=message)
        say(result.model_dump_json(), sys.stdout)
    return error.exit_code
