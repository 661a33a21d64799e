"""Which commands there are, and how a line of words finds its one.

A command is a function in a module that is imported when it is called and not before, so that `softhouse --help` costs
next to nothing. To add one, write a line in `COMMANDS`.
"""

import importlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from softhouse.cli.streams import say
from softhouse.errors import UsageError


@dataclass(frozen=True)
class Command:
    """A name of one or two words, `module:function`, and the line in the list of commands."""

    name: str
    target: str
    summary: str

    def load(self) -> Callable[..., int]:
        module, _, function = self.target.partition(":")
        loaded: Callable[..., int] = getattr(importlib.import_module(module), function)
        return loaded


COMMANDS = (
    Command(
        "new", "softhouse.cli.building:new", 'Build what the requirement asks for; softhouse "REQUIREMENT" does too.'
    ),
    Command("resume", "softhouse.cli.building:resume", "Go on with a run that stopped, or after an edit by hand."),
    Command(
        "fork", "softhouse.cli.building:fork", "Continue a copy of a run from one document on, with another model."
    ),
    Command("undo", "softhouse.cli.inspection:undo", "Take back the last documents of a run."),
    Command("status", "softhouse.cli.inspection:status", "State, documents, calls, usage and cost of a run."),
    Command("replay", "softhouse.cli.inspection:replay", "Repeat a run from its journal and compare every byte."),
    Command("graph", "softhouse.cli.inspection:graph", "Who watches and who produces, or which message caused which."),
    Command("chat", "softhouse.cli.chat:chat", "Talk to a model, or to one role."),
    Command("serve", "softhouse.serve.command:serve", "Serve a model to OpenAI's clients, with a page to chat."),
    Command("train", "softhouse.training.command:train", "Train a language model from nothing, step by step."),
    Command("tune", "softhouse.training.tuning.command:tune", "Tune ChatGLM2 on your own data."),
    Command(
        "doctor", "softhouse.cli.doctor:doctor", "What is here: models, extras, sandbox, keys (never their values)."
    ),
    Command(
        "models list", "softhouse.cli.models:list_", "The models that the house knows, and which of them are here."
    ),
    Command("models pull", "softhouse.cli.models:pull", "Fetch a model and verify it."),
    Command("models path", "softhouse.cli.models:path", "Where a model's file lies."),
    Command(
        "models convert",
        "softhouse.llm_backends.chatglm2.commands:convert",
        "Convert a ChatGLM2 checkpoint, to native weights or to a GGUF.",
    ),
    Command("models plan", "softhouse.llm_backends.chatglm2.commands:plan", "What of a model fits into which memory."),
    Command("models merge", "softhouse.training.tuning.command:merge", "Add what was tuned to a model's weights."),
    Command("bench humaneval", "softhouse.bench.commands:humaneval", "Measure the house on 164 functions."),
    Command("bench requirements", "softhouse.bench.commands:requirements", "Measure the house on 40 requirements."),
)


def dispatch(words: list[str]) -> int:
    """Find the command that `words` call and run it; returns its exit code, raises a `UsageError` for none."""
    if not words or words[0] in ("--help", "-h", "help"):
        say(overview(), sys.stdout if words else sys.stderr)
        return 0 if words else UsageError.exit_code
    if words[0] in ("--version", "-V"):
        from importlib.metadata import version

        say(f"softhouse {version('softhouse')}", sys.stdout)
        return 0
    if (group := members(words[0])) and words[1:2] in (["--help"], ["-h"]):
        say(listing(tuple(group.values())), sys.stdout)
        return 0
    command, arguments = resolve(words)
    return invoke(command, arguments)


def resolve(words: list[str]) -> tuple[Command, list[str]]:
    """The command and its arguments; what names no command is a requirement.

    >>> command, arguments = resolve(["--seed", "1", "Write a todo app"])
    >>> command.name, arguments
    ('new', ['--seed', '1', 'Write a todo app'])
    """
    first, rest = words[0], list(words[1:])
    if group := members(first):
        if rest and rest[0] in group:
            return group[rest[0]], rest[1:]
        if "list" in group and (not rest or rest[0].startswith("-")):
            return group["list"], rest
        raise UsageError(f"'softhouse {first}' needs one of these words after it: {', '.join(group)}")
    for command in COMMANDS:
        if command.name == first:
            return command, rest
    import difflib

    # A requirement is hardly ever one word that is almost a command's name: building "resum" would help nobody.
    first_words = {command.name.split()[0] for command in COMMANDS}
    if not first.startswith("-") and (close := difflib.get_close_matches(first, first_words, n=1, cutoff=0.75)):
        message = (
            f"there is no command {first!r}; did you mean: softhouse {close[0]} (to build it: softhouse new {first})"
        )
        raise UsageError(message)
    return COMMANDS[0], list(words)


def members(group: str) -> dict[str, Command]:
    """The commands of two words that begin with `group`, by the second word; `list` may be left out."""
    return {c.name.split()[1]: c for c in COMMANDS if c.name.startswith(f"{group} ")}


def invoke(command: Command, arguments: Sequence[str]) -> int:
    """Parse the arguments by the function's signature and call it; wrong ones raise a `UsageError` of one line."""
    import typer

    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command(command.name)(command.load())
    try:
        return int(app(list(arguments), prog_name=f"softhouse {command.name}", standalone_mode=False) or 0)
    except typer.TyperException as error:
        message = " ".join(error.format_message().split()).rstrip(".").replace("Value error, ", "")
        if "unexpected extra argument" in message and command.name == "new":
            message += '; put the requirement in quotes: softhouse "Write a …"'
        raise UsageError(f"{message} (see: softhouse {command.name} --help)") from None
    except typer.Abort:
        raise KeyboardInterrupt from None


def overview() -> str:
    """What `softhouse --help` shows."""
    return "\n".join(
        (
            'Usage: softhouse "REQUIREMENT" [OPTIONS]',
            "       softhouse COMMAND [ARGUMENTS]",
            "",
            "A software house in a box: one line in, a tested project in a git repository out.",
            "",
            "Commands:",
            listing(COMMANDS),
            "",
            "softhouse COMMAND --help shows the options of one; softhouse --version shows which house this is.",
            "Exit codes: 0 accepted, 1 delivered but something failed, 2 wrong usage, 3 no backend, 4 budget reached,",
            "5 waiting for approval, 6 isolation too weak, 70 a fault of softhouse, 130 interrupted.",
        )
    )


def listing(commands: Sequence[Command]) -> str:
    width = max(len(command.name) for command in commands)
    return "\n".join(f"  {command.name:{width}}  {command.summary}" for command in commands)
