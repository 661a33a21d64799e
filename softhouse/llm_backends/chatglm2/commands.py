"""`softhouse models convert` and `softhouse models plan`: functions for a typer app to take in."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from softhouse.errors import UsageError

if TYPE_CHECKING:
    from softhouse.llm_backends.chatglm2.shape import ModelShape


class Format(StrEnum):
    """What a model is converted to."""

    HF = "hf"
    GGUF = "gguf"


class Precision(StrEnum):
    """How many bits a weight has in a GGUF; `f16` loses nothing where the checkpoint is in half precision.

    On a CPU llama.cpp rounds what meets a matrix to the matrix's own precision: with `f16` to 11 bits, with `f32` not.
    """

    F32 = "f32"
    F16 = "f16"
    Q8_0 = "q8_0"
    Q4_0 = "q4_0"
    Q4_K_M = "q4_k_m"


def convert(
    path: Annotated[Path, typer.Argument(help="The folder of ChatGLM2-6B (or ChatGLM3-6B) in its original layout.")],
    out: Annotated[Path, typer.Option(help="The folder to write into.")],
    to: Annotated[Format, typer.Option(help="hf: native weights for transformers; gguf: one file for llama.cpp.")] = (
        Format.HF
    ),
    quant: Annotated[Precision | None, typer.Option(help="For gguf: how weights are stored; default: f16.")] = None,
) -> None:
    """Convert a ChatGLM2 checkpoint once; what is written is used as chatglm2:OUT."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

    from softhouse.llm_backends.chatglm2.convert import convert as convert_checkpoint

    if quant is not None and to != Format.GGUF:
        raise UsageError("--quant is for --to gguf; native weights keep the checkpoint's precision")
    console = Console(stderr=True)
    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("convert", total=None)
        written = convert_checkpoint(
            path,
            out,
            to=to.value,
            quant=(quant or Precision.F16).value,
            on_progress=lambda done, total: progress.update(task, completed=done, total=total),
        )
    typer.echo(f"{written}\nuse it with: --model chatglm2:{written}")


def plan(
    model: Annotated[
        str, typer.Argument(help="chatglm2-6b, or the path of a checkpoint, a converted folder, a .gguf.")
    ],
    vram: Annotated[float, typer.Option(min=0, help="GiB of each graphics card; 0: none.")] = 0,
    ram: Annotated[
        float | None, typer.Option(min=0, help="GiB of memory; this machine's where it is not given.")
    ] = None,
    context: Annotated[
        int | None, typer.Option(min=1, help="Tokens of prompt and answer together; default: 8192, or all it reads.")
    ] = None,
    cards: Annotated[int, typer.Option(min=1, help="How many such cards.")] = 1,
) -> None:
    """What of a model fits where, and the command that does it."""
    from rich.console import Console
    from rich.table import Table

    from softhouse.llm_backends.memory_plan import GIB, Need, physical_memory
    from softhouse.llm_backends.memory_plan import plan as plan_memory

    shape = shape_of(model)
    context = context or min(8192, shape.context)
    if context > shape.context:
        raise UsageError(f"{model} reads at most {shape.context} tokens; plan for a shorter --context")
    memory_gb = ram if ram is not None else (physical_memory() or 8 * GIB) / GIB
    path = "PATH" if model.startswith("chatglm2-6b") else model
    options = plan_memory(shape, vram_gb=vram, ram_gb=memory_gb, context=context, cards=cards, path=path)

    def parts(need: Need) -> str:
        return f"{need.total / GIB:.1f} = {need.weights / GIB:.1f} + {need.kv / GIB:.1f} + {need.overhead / GIB:.1f}"

    title = f"{model}: {shape.parameters:,} parameters, {shape.kv_bytes_per_token():,} bytes a token in fp16, "
    table = Table(title=f"{title}{context:,} tokens; GiB in all = weights + keys and values + overhead")
    for heading in ("engine", "weights", "layers on cards", "each card", "memory", "fits"):
        table.add_column(heading)
    for option in options:
        layers = " + ".join(map(str, option.card_layers)) or "none"
        each = "\n".join(map(parts, option.cards)) or "-"
        fits = "yes" if option.fits else "no"
        table.add_row(option.engine, option.precision, layers, each, parts(option.memory), fits)
    console = Console()
    console.print(table)
    best = options[0]
    if best.fits:
        typer.echo(f"Best: {best.engine}, {best.precision}. It is done with:\n{best.command}")
    else:
        typer.echo("Nothing fits; ask for a shorter --context, or a machine with more memory.")


def shape_of(model: str) -> "ModelShape":
    """The shape behind a name or a path; `UsageError` or `UnknownModelError` where there is none."""
    from softhouse.llm_backends.chatglm2.gguf_file import read_facts
    from softhouse.llm_backends.chatglm2.shape import CHATGLM2_6B, native_shape, read_config, read_shape

    if model.lower() in ("chatglm2-6b", "chatglm3-6b"):
        return CHATGLM2_6B
    path = Path(model).expanduser()
    if path.is_file():
        return read_facts(path).shape
    if not path.is_dir():
        raise UsageError(f"there is no model {model!r} to plan for; give chatglm2-6b, or a path")
    config = read_config(path)
    return native_shape(config) if config.get("model_type") == "glm" else read_shape(path)
