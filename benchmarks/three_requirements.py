"""Three one-line requirements on the embedded model, delivered and then checked from outside.

    python benchmarks/three_requirements.py [--server] [--seed N] [--folder DIR]

The checks follow from the words alone and never reach a prompt. With `--server` the model sits behind llama.cpp's
own OpenAI-compatible server on loopback instead of in this process. Bars: all delivered with an honest verdict, at
least two accepted that also pass the checks; the same verdicts through the server.
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from softhouse import Case, Company, Step
from softhouse.actions.cases import CASE_LIMITS, command, failure
from softhouse.environment.sandbox import open_sandbox
from softhouse.llm_backends.models import find
from softhouse.testing.llama_server import llama_server

MODEL = "qwen2.5-coder-1.5b"


def case(name: str, *steps: Step, **files: str) -> Case:
    return Case(name=name, steps=steps, files={f"{stem}.txt": text for stem, text in files.items()}, source="user")


def step(*arguments: str, prints: str | None = None) -> Step:
    return Step(arguments=arguments, stdout=prints)


REQUIREMENTS: dict[str, tuple[str, tuple[Case, ...]]] = {
    "factors": (
        "Write a command line program main.py that takes an integer and prints its prime factors in ascending order "
        "separated by spaces.",
        (
            case("12", step("12", prints="2 2 3")),
            case("a prime", step("97", prints="97")),
            case("360", step("360", prints="2 2 2 3 3 5")),
            case("1001", step("1001", prints="7 11 13")),
            case("2", step("2", prints="2")),
            case("a square", step("49", prints="7 7")),
            case("a large one", step("600851475143", prints="71 839 1471 6857")),
        ),
    ),
    "notes": (
        "Write a command line notes app main.py with the commands 'add TEXT', 'list' and 'delete N', keeping notes in "
        "notes.json in the current directory; 'list' prints 'N. text' lines.",
        (
            case("one note", step("add", "buy milk"), step("list", prints="1. buy milk")),
            case("two notes", step("add", "first"), step("add", "x y"), step("list", prints="1. first\n2. x y")),
            case(
                "delete the middle one",
                *(step("add", text) for text in "abc"),
                step("delete", "2"),
                step("list", prints="1. a\n2. c"),
            ),
            case("delete the only one", step("add", "x"), step("delete", "1"), step("list", prints="")),
        ),
    ),
    "letters": (
        "写一个命令行程序 main.py,接收一个文本文件路径,输出每个英文字母出现的次数,按字母顺序每行一个,"
        "格式为 'a: 3',不区分大小写。",
        (
            case("words", step("in.txt", prints="d: 1\ne: 1\nh: 1\nl: 3\no: 2\nr: 1\nw: 1"), **{"in": "Hello World\n"}),
            case("cases", step("in.txt", prints="a: 2\nb: 2\nz: 2"), **{"in": "bBaA zz\n123 !?\n"}),
            case("Chinese", step("in.txt", prints="a: 2\nb: 2\nc: 2"), **{"in": "你好 abc 世界 CAB\n"}),
        ),
    ),
}


async def measure(name: str, model: str, folder: Path, seed: int) -> None:
    """Deliver one requirement, check it from outside, print a line."""
    text, checks = REQUIREMENTS[name]
    start = time.perf_counter()
    project = await Company(model=model, workspace=folder / name, seed=seed).run(text)
    seconds = time.perf_counter() - start
    sandbox = await asyncio.to_thread(open_sandbox)
    files = {path: content for path, content in project.files.items() if path.endswith(".py")}
    failed = []
    for check in checks:
        commands = [command("main.py", each) for each in check.steps]
        outcome = await sandbox.run(commands, files={**files, **check.files}, limits=CASE_LIMITS)
        if failure(check, outcome, "main.py"):
            failed.append(check.name)
    verdict = "accepted" if project.accepted else "not accepted"
    outside = "right" if not failed else f"wrong ({', '.join(failed)})"
    usage = project.usage
    print(
        f"{name:8} {verdict:12} {outside:40} {project.bill.calls:2} calls {usage.prompt_tokens:6,} prompt "
        f"({usage.cached_tokens:,} cached) {usage.completion_tokens:5,} completion tokens {seconds:5.0f} s",
        flush=True,
    )


async def run_all(model: str, folder: Path, seed: int) -> None:
    for name in REQUIREMENTS:
        await measure(name, model, folder, seed)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="softhouse-three-"))
    if not options.server:
        asyncio.run(run_all(f"gguf:{MODEL}", folder, options.seed))
        return
    path = find(MODEL)
    if path is None:
        raise SystemExit(f"the model is not here yet; get it with: softhouse models pull {MODEL}")
    with llama_server(path) as url:
        asyncio.run(run_all(f"openai:{MODEL}@{url}", folder, options.seed))


if __name__ == "__main__":
    main()
