"""`softhouse train STEP`: do a step, go on with it, or say that it is done."""

import errno
import sys
from pathlib import Path
from typing import Annotated

import typer

from softhouse.errors import InterruptedRunError, StorageError, UsageError


def train(
    step: Annotated[
        str,
        typer.Argument(
            metavar="STEP", help="data, tokenizer, pretrain, sft, dpo, reward, rlhf, eval, export or harvest."
        ),
    ],
    arguments: Annotated[list[str] | None, typer.Argument(metavar="WORKSPACE", help="For harvest.")] = None,
    config: Annotated[Path | None, typer.Option("--config", metavar="FILE", help="TOML, a table a step.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder of the training; default: the FILE's name.")
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", min=0, help="The same seed, the same model.")] = None,
    preset: Annotated[
        str | None, typer.Option("--preset", help="nano (4M), micro (16M) or small (135M); FILE is laid over it.")
    ] = None,
) -> int:
    """Train a model of your own, step by step; the same command again goes on where it was interrupted."""
    from softhouse.cli.streams import say
    from softhouse.training.configuration import read_configuration
    from softhouse.training.progress import shown_progress
    from softhouse.training.runner import run_step
    from softhouse.training.steps import find_step

    row = find_step(step)
    if arguments and not row.takes_arguments:
        raise UsageError(f"softhouse train {step} takes no further words, but there is {arguments[0]!r}")
    configuration = read_configuration(config, preset, seed)
    if out is None:
        out = Path(config.stem if config else preset or "training")
    try:
        with shown_progress() as progress:
            outcome = run_step(row, configuration, out, progress, tuple(arguments or ()))
    except KeyboardInterrupt:
        raise InterruptedRunError("interrupted; the same command again goes on where it stopped") from None
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM):
            raise
        place = error.filename or out
        raise StorageError(f"{place}: {error.strerror or error}; mend it and run the same command again") from error
    say(outcome.text(), sys.stdout)
    return 0
