"""Every error that a user can cause, as a tree.

Two roots, after the question "whose move is it?"::

    SofthouseError
    ├── UsageError                exit 2    you misused us: fix the call, the file or the option
    │   ├── RequirementError                empty, or too long
    │   ├── WorkspaceError                  a file, not writable, somebody else's files
    │   │   └── WorkspaceBusyError          another process is at work there
    │   ├── GraphError                      the roles do not fit together
    │   └── JournalError                    not a journal, damaged, or written by a newer version
    └── RunError                            the request failed: the run stops and can be resumed
        ├── BackendError          exit 3    the backend can't be used
        │   ├── MissingExtraError           an optional part is not installed
        │   ├── UnknownModelError           no such model, or no such backend
        │   ├── AuthenticationError         no key, or a key that is refused
        │   ├── QuotaError                  the account is out of money
        │   ├── UnavailableError            not there, or failing for ever
        │   ├── ContextLengthError          the prompt is longer than the model can read
        │   └── ReplyError                  it answers, but not what was asked for
        ├── BudgetError           exit 4    the budget is reached
        ├── ApprovalError         exit 5    waiting for a person's approval
        ├── IsolationError        exit 6    the sandbox is weaker than required
        ├── StorageError          exit 3    the disk is full or went read-only
        └── InterruptedRunError   exit 130  Ctrl-C or SIGTERM

A message is one line: what happened, to what, and what to do next.
"""

from typing import ClassVar


class SofthouseError(Exception):
    """The root of all errors of the house.

    >>> BudgetError("the budget of $1.00 is reached; raise it with: softhouse resume out --budget-usd 2").exit_code
    4
    """

    exit_code: ClassVar[int] = 1


class UsageError(SofthouseError):
    """The call itself is wrong; nothing was started."""

    exit_code = 2


class RequirementError(UsageError):
    """The requirement is empty or longer than the house reads."""


class WorkspaceError(UsageError):
    """The workspace is a file, is not writable, or holds someone else's files."""


class WorkspaceBusyError(WorkspaceError):
    """Another process is at work in the workspace."""


class GraphError(UsageError):
    """The roles do not fit together: who produces what nobody reads, who waits for what nobody writes."""


class JournalError(UsageError):
    """The journal is damaged, is no journal, or was written by a newer version."""


class RunError(SofthouseError):
    """A run had to stop; what was done is kept and the run can be resumed."""


class BackendError(RunError):
    """The backend can't be used."""

    exit_code = 3


class MissingExtraError(BackendError):
    """An optional part of the house is not installed."""

    def __init__(self, extra: str, what: str) -> None:
        """`extra` is the extra's name in `pyproject.toml`, `what` the thing that needs it."""
        super().__init__(
            f'{what} needs an extra that is not installed; install it with: pip install "softhouse[{extra}]"'
        )
        self.extra, self.what = extra, what

    def __reduce__(self) -> tuple[type["MissingExtraError"], tuple[str, str]]:
        return type(self), (self.extra, self.what)  # it may come out of a worker process


class UnknownModelError(BackendError):
    """The model, or the kind of backend, does not exist."""


class AuthenticationError(BackendError):
    """There is no key, or the key is refused (401, 403)."""


class QuotaError(BackendError):
    """The account behind the key has no money left."""


class UnavailableError(BackendError):
    """The server is not there, or went on failing after every retry."""


class ContextLengthError(BackendError):
    """The prompt and the asked-for completion are longer than the model's context."""


class ReplyError(BackendError):
    """The model answers, but never with what was asked for."""


class BudgetError(RunError):
    """The next call could exceed the budget."""

    exit_code = 4


class ApprovalError(RunError):
    """A document waits for a person's approval."""

    exit_code = 5


class IsolationError(RunError):
    """Generated code cannot be isolated as strongly as required."""

    exit_code = 6


class StorageError(RunError):
    """The journal or the workspace cannot be written: disk full, or read-only."""

    exit_code = 3


class InterruptedRunError(RunError):
    """The user, or the system, stopped the run."""

    exit_code = 130
