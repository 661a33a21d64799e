"""`softhouse tune` and `softhouse models merge`: what the command line says, and what a person sees meanwhile."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from softhouse.cli.streams import say
from softhouse.errors import InterruptedRunError, UsageError
from softhouse.training.tuning.settings import Method, Precision

if TYPE_CHECKING:
    from softhouse.training.tuning.job import Job
    from softhouse.training.tuning.metrics import StepRecord


def tune(
    model: Annotated[str, typer.Option("--model", metavar="SPEC", help="chatglm2:PATH, a folder of native weights.")],
    data: Annotated[
        Path, typer.Option("--data", metavar="FILE", help="JSONL: messages, or prompt, response and history.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the tuned model goes.")],
    method: Annotated[
        Method, typer.Option("--method", help="qlora holds the model in four bits; full changes every weight.")
    ] = "lora",
    epochs: Annotated[int, typer.Option("--epochs", min=1, help="How often each row is learned from.")] = 3,
    steps: Annotated[int | None, typer.Option("--steps", min=1, help="Instead of epochs: so many updates.")] = None,
    batch_tokens: Annotated[
        int, typer.Option("--batch-tokens", min=1, help="Tokens that are computed at once; short rows are packed.")
    ] = 2048,
    accumulation: Annotated[int, typer.Option("--accumulation", min=1, help="Such packs for one update.")] = 4,
    learning_rate: Annotated[
        float | None, typer.Option("--learning-rate", help="Default: lora, qlora 2e-4; ptuning2 2e-2; full 2e-5.")
    ] = None,
    warmup: Annotated[int, typer.Option("--warmup", min=0, help="Updates in which the learning rate rises.")] = 10,
    max_length: Annotated[
        int, typer.Option("--max-length", min=8, help="Tokens of a row; longer rows are left out.")
    ] = 2048,
    eval_share: Annotated[
        float, typer.Option("--eval-share", min=0, max=0.5, help="Share of the rows that is only evaluated.")
    ] = 0.0,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed, the same tuning.")] = 0,
    rank: Annotated[int, typer.Option("--rank", min=1, help="Of LoRA's matrices.")] = 8,
    alpha: Annotated[
        int | None, typer.Option("--alpha", min=1, help="LoRA's change weighs alpha / rank; default: 2 x rank.")
    ] = None,
    prefix_length: Annotated[int, typer.Option("--prefix-length", min=1, help="Positions, for ptuning2.")] = 128,
    checkpoint_every: Annotated[
        int, typer.Option("--checkpoint-every", min=1, help="Updates between two states on disk, and evaluations.")
    ] = 50,
    precision: Annotated[Precision, typer.Option("--precision", help="auto: what the device is good at.")] = "auto",
    prompt_column: Annotated[str, typer.Option("--prompt-column", metavar="NAME")] = "prompt",
    response_column: Annotated[str, typer.Option("--response-column", metavar="NAME")] = "response",
    history_column: Annotated[str, typer.Option("--history-column", metavar="NAME")] = "history",
) -> int:
    """Tune ChatGLM2 on your own data; the same command again goes on where it was interrupted."""
    from pydantic import ValidationError

    from softhouse.training.tuning.data import Columns
    from softhouse.training.tuning.job import prepare
    from softhouse.training.tuning.loop import refuse_what_lies_there
    from softhouse.training.tuning.settings import TuneSettings

    try:
        settings = TuneSettings(
            method=method,
            epochs=epochs,
            steps=steps,
            batch_tokens=batch_tokens,
            accumulation=accumulation,
            learning_rate=learning_rate,
            warmup=warmup,
            max_length=max_length,
            eval_share=eval_share,
            seed=seed,
            rank=rank,
            alpha=alpha,
            prefix_length=prefix_length,
            checkpoint_every=checkpoint_every,
            precision=precision,
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(f"--{str(first['loc'][0]).replace('_', '-')}: {first['msg']}") from None
    columns = Columns(prompt=prompt_column, response=response_column, history=history_column)
    job = prepare(model, data, settings, columns=columns)
    refuse_what_lies_there(job, out)
    say(overview(job), sys.stderr)
    try:
        records = watched(job, out)
    except KeyboardInterrupt:
        raise InterruptedRunError("interrupted; the same command again goes on with the last state on disk") from None
    last = records[-1]
    held = "" if last.eval_loss is None else f", {last.eval_loss:.3f} on held-out rows"
    say(f"{out}\nloss {records[0].loss:.3f} at first, {last.loss:.3f} at last{held}", sys.stdout)
    say(f"use it with: --model chatglm2:{out}", sys.stdout)
    return 0


def merge(
    adapter: Annotated[Path, typer.Argument(metavar="ADAPTER", help="The folder that softhouse tune wrote.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder to write the merged model into.")],
    to: Annotated[
        Literal["native", "original"],
        typer.Option("--to", help="native: to use and to tune on; original: to convert to a GGUF."),
    ] = "native",
) -> int:
    """Add what LoRA learned to the model's weights."""
    from softhouse.training.tuning.merge import merge as merge_adapter

    written = merge_adapter(adapter, out, to)
    use = (
        "use it with: --model chatglm2:{0}" if to == "native" else "convert it: softhouse models convert {0} --to gguf"
    )
    say(f"{written}\n{use.format(written)}", sys.stdout)
    return 0


def overview(job: "Job") -> str:
    """Rows, steps and the plan of memory, before anything is loaded."""
    from softhouse.llm_backends.memory_plan import GIB

    made, plan = job.manifest, job.plan
    left_out = f", {made.examples_left_out} answers too long and left out" if made.examples_left_out else ""
    parts = ", ".join(f"{name} {size / GIB:.2f}" for name, size in plan.lines())
    there = "unknown" if job.available is None else f"{job.available / GIB:.2f}"
    return "\n".join(
        (
            f"{made.settings.method}: {plan.learned:,} numbers learned, {made.precision} on {made.device}",
            f"{made.rows_learned} rows to learn from, {made.rows_evaluated} held out{left_out}; {made.steps} updates",
            f"memory in GiB: {parts}; there are {there}",
        )
    )


def watched(job: "Job", out: Path) -> "list[StepRecord]":
    """Tune, and tell on standard error how far it is."""
    from softhouse.training.progress import shown_progress
    from softhouse.training.tuning.loop import tune as run
    from softhouse.training.tuning.metrics import read_metrics

    with shown_progress() as progress:
        progress.begin("tuning", job.steps, len(read_metrics(out)))

        def shown(record: "StepRecord") -> None:
            progress.update(record.step, f"loss {record.loss:.3f}")

        return run(job, out, shown)
