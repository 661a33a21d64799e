"""Store a model's answers to the tune half once, so that selectors can be compared offline, for free.

    python benchmarks/samples.py --prompt plain --samples 6 --minutes 7 --out /tmp/samples.jsonl

One JSON object a line (`Sample`); lines that are there already are not asked for again, so the same command goes on
where it stopped. Sample 0 is greedy, the others are drawn at `--temperature`. A prompt is a file of the folder
`--prompts` (the text for the model, `{text}` standing for the requirement; a second file `NAME.prefill` is how the
answer begins), or `plain`, the baseline's.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from softhouse.bench.requirements import BenchRequirement, read_requirements
from softhouse.bench.scoring import PROGRAM, Score, score_program
from softhouse.bench.solvers import PLAIN_PROGRAM
from softhouse.environment.sandbox import open_sandbox
from softhouse.llm_backends.code_blocks import extract_code
from softhouse.llm_backends.protocol import Backend, ChatMessage, Completion, CompletionRequest, Frozen
from softhouse.llm_backends.registry import create_backend


class Sample(Frozen):
    """One answer, and what it was worth."""

    requirement: str
    prompt: str
    """The prompt's name."""
    number: int
    """0: greedy."""
    temperature: float
    code: str
    completion: Completion
    seconds: float
    score: Score


@dataclass(frozen=True)
class Prompt:
    """What a model is asked, and how its answer begins."""

    name: str
    template: str
    prefill: str = ""

    @classmethod
    def read(cls, name: str, folder: Path) -> "Prompt":
        """The prompt called `name`: the baseline's, or the files `NAME` and `NAME.prefill` of `folder`."""
        if name == "plain":
            return cls(name, PLAIN_PROGRAM)
        prefill = folder / f"{name}.prefill"
        return cls(
            name,
            (folder / name).read_text(encoding="utf-8"),
            prefill.read_text(encoding="utf-8") if prefill.is_file() else "",
        )

    def request(self, requirement: BenchRequirement, number: int, temperature: float) -> CompletionRequest:
        # Not str.format: requirements and code are full of braces.
        content = self.template.replace("{text}", requirement.text)
        return CompletionRequest(
            messages=(ChatMessage.user(content),),
            max_tokens=1024,
            temperature=temperature if number else 0.0,
            top_p=0.95 if number else 1.0,
            min_p=0.05 if number else 0.0,
            seed=number,
            prefill=self.prefill,
            stop=("\n```",) if "```" in self.prefill else (),
        )


def read_samples(path: Path) -> list[Sample]:
    """The samples in a file; none where there is no file yet."""
    if not path.is_file():
        return []
    return [Sample.model_validate_json(line) for line in path.read_text(encoding="utf-8").splitlines()]


async def collect(prompt: Prompt, options: argparse.Namespace, backend: Backend) -> None:
    """Ask for what is missing until the time is up."""
    end = time.monotonic() + 60 * options.minutes
    sandbox = await asyncio.to_thread(open_sandbox)
    there = {(s.requirement, s.prompt, s.number, s.temperature) for s in read_samples(options.out)}
    with options.out.open("a", encoding="utf-8") as file:
        for number, requirement in missing(options.samples):
            temperature = options.temperature if number else 0.0
            if (requirement.name, prompt.name, number, temperature) in there:
                continue
            if time.monotonic() > end:
                print("time is up; the same command goes on", file=sys.stderr)
                return
            start = time.monotonic()
            completion = await backend.complete(prompt.request(requirement, number, temperature))
            seconds = time.monotonic() - start
            code = extract_code(prompt.prefill + completion.text)
            sample = Sample(
                requirement=requirement.name,
                prompt=prompt.name,
                number=number,
                temperature=temperature,
                code=code,
                completion=completion,
                seconds=seconds,
                score=await score_program({PROGRAM: code}, requirement.checks, sandbox),
            )
            file.write(sample.model_dump_json() + "\n")
            file.flush()
            passed = f"{sample.score.passed}/{sample.score.total}"
            print(f"{requirement.name} {prompt.name} {number}: {passed}, {seconds:.1f} s", flush=True)


def missing(samples: int) -> Iterator[tuple[int, BenchRequirement]]:
    """Number by number, so that an early end leaves whole rounds."""
    for number in range(samples + 1):
        for requirement in read_requirements("tune"):
            yield number, requirement


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model")
    parser.add_argument("--base-url")
    parser.add_argument("--prompt", default="plain")
    parser.add_argument("--prompts", type=Path, default=Path())
    parser.add_argument("--samples", type=int, default=6)
    parser.add_argument("--temperature", type=float, default=0.8)
    parser.add_argument("--minutes", type=float, default=7)
    parser.add_argument("--out", type=Path, default=Path("/tmp/samples.jsonl"))
    options = parser.parse_args()
    backend = create_backend(options.model, base_url=options.base_url)
    try:
        await collect(Prompt.read(options.prompt, options.prompts), options, backend)
    finally:
        await backend.aclose()


if __name__ == "__main__":
    asyncio.run(main())
