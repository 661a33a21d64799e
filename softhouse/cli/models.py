"""`softhouse models`: the model store."""

import sys
from typing import Annotated

import typer

from softhouse.cli.display import open_display
from softhouse.cli.options import Json, Quiet
from softhouse.cli.streams import say
from softhouse.errors import UnknownModelError
from softhouse.llm_backends import models

Name = Annotated[str, typer.Argument(metavar="NAME", help="As softhouse models list shows it.")]


def list_(json_lines: Json = False) -> int:
    """Show the models that the house knows by name, and which of them are here."""
    for model in models.list_models():
        where = str(model.place) if model.present else f"not here yet; softhouse models pull {model.name}"
        line = f"{model.name}  {model.title}, {model.license}, {model.size / 1e6:,.0f} MB: {where}"
        say(model.model_dump_json() if json_lines else line, sys.stdout)
    return 0


def pull(name: Name, quiet: Quiet = False) -> int:
    """Fetch a model and verify it; a download that was cut goes on where it was."""
    with open_display(json_lines=False, quiet=quiet) as display:
        path = models.pull(name, display.progress)
    say(str(path), sys.stdout)
    return 0


def path(name: Name) -> int:
    """Show where a model's file lies."""
    found = models.find(name)
    if found is None:
        raise UnknownModelError(f"the model {name} is not here yet; fetch it: softhouse models pull {name}")
    say(str(found), sys.stdout)
    return 0
