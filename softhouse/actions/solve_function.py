"""One function from its signature and docstring: the answer begun for the model, candidates compared by what they do.

What the docstring shows is run; nothing else is known. Where no candidate passes all of it, the best one is tried with
one small change (`mutations.py`). A large model's candidate that passes every example ends the
work; a small model's needs a second one that behaves alike, since it passes few examples by chance more often.
"""

import ast
import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from softhouse.actions.function_examples import Example, further_calls, read_examples
from softhouse.actions.mechanical_fixes import mechanically_fixed
from softhouse.actions.mutations import mutants
from softhouse.actions.readings import PROGRAMS
from softhouse.environment.sandbox import Command, Limits, Sandbox
from softhouse.llm_backends.code_blocks import extract_code
from softhouse.llm_backends.protocol import Backend, ChatMessage, CompletionRequest

LIMITS = Limits(wall_seconds=6, cpu_seconds=5)
LIMITS_OF_MUTANTS = Limits(wall_seconds=1, cpu_seconds=1)
MOST_SAMPLES = 16
ENOUGH_SAMPLES = 8
"""Where one of so many passes every example, no more are drawn, even if no two agree."""
OWN_SAMPLES = 8
"""So many, the first, are of the model as it came. What they all get wrong, eight more seldom get right; as it was
taught to write programs, the model misreads otherwise."""
BATCH = 3
LEAST_EXAMPLES = 3
"""With fewer, a change that fits all of them fits by chance, or fits a slip of the docstring."""
_STOPS = ("\n```", "\ndef ", "\nclass ", "\nif __name__", "\nprint(", "\nassert ")
_PROBE = """

import json as _json
for _call in {calls!r}:
    try:
        print("\\x1e" + _json.dumps([_call, repr(eval(_call))]), flush=True)
    except BaseException as _error:
        print("\\x1e" + _json.dumps([_call, None]))
"""


@dataclass(frozen=True)
class FunctionSolution:
    """The chosen function and how it was come by."""

    code: str
    samples: int
    passed: int
    """Examples of the docstring that it passes."""
    examples: int


@dataclass
class _Candidate:
    code: str
    results: dict[str, str | None]
    """Call to the `repr` of its value; None for a crash, or where the program did not get there."""

    def passed(self, examples: tuple[Example, ...]) -> int:
        return sum(example.held_by(self.results.get(example.call)) for example in examples)


async def solve_function(
    prompt: str, entry_point: str, backend: Backend, sandbox: Sandbox, seed: int
) -> FunctionSolution:
    """The whole text of a module that defines `entry_point`, which `prompt` begins with signature and docstring.

    Raises what `backend.complete` does.
    """
    begins, small = backend.capabilities.prefill, backend.capabilities.strength == "small"
    examples = read_examples(prompt, entry_point)
    calls = (*(example.call for example in examples), *further_calls(examples, entry_point))

    async def draw(sample: int) -> _Candidate:
        request = _request(prompt, seed, sample, begins=begins)
        if sample >= OWN_SAMPLES and PROGRAMS in backend.capabilities.adapters:
            request = request.model_copy(update={"adapter": PROGRAMS})
        reply = await backend.complete(request)
        code = _assembled(prompt, reply.text, entry_point, begins=begins)
        (results,) = await _results((code,), calls, sandbox, LIMITS)
        return _Candidate(code, results)

    candidates = [await draw(0)]
    # Without an example there is nothing to run, and nothing that could tell one candidate from another.
    while examples and not _settled(candidates, examples, small=small):
        drawn = len(candidates)
        more = 1 if drawn == 1 and _passes_all(candidates[0], examples) else BATCH
        batch = range(drawn, min(MOST_SAMPLES, drawn + more))
        candidates += await asyncio.gather(*(draw(sample) for sample in batch))
    # An example that nobody passes is more likely a slip of the docstring, or of its reader, than a hard case.
    alive = tuple(e for e in examples if any(e.held_by(c.results.get(e.call)) for c in candidates))
    votes = {call: Counter(c.results[call] for c in candidates if c.results.get(call) is not None) for call in calls}

    def rank(index: int) -> tuple[int, int, int]:
        candidate = candidates[index]
        agreed = sum(votes[call][result] for call, result in candidate.results.items() if result is not None)
        return candidate.passed(alive), agreed, -index

    best = candidates[max(range(len(candidates)), key=rank)]
    if len(examples) >= LEAST_EXAMPLES and not _passes_all(best, examples):
        best = await _mutated(best, entry_point, examples, calls, sandbox)
    return FunctionSolution(best.code, len(candidates), best.passed(examples), len(examples))


async def _mutated(
    candidate: _Candidate, name: str, examples: tuple[Example, ...], calls: tuple[str, ...], sandbox: Sandbox
) -> _Candidate:
    """The candidate with the one small change that makes it pass every example; as it is where there is none.

    Of several, the one that most others behave like.
    """
    changed = mutants(candidate.code, name)
    results = await _results(changed, calls, sandbox, LIMITS_OF_MUTANTS)
    mutated = [_Candidate(*each) for each in zip(changed, results, strict=True)]
    sound = [each for each in mutated if _passes_all(each, examples)]
    groups = Counter(_shown(each) for each in sound)
    return max(sound, key=lambda each: groups[_shown(each)], default=candidate)


def _shown(candidate: _Candidate) -> str:
    """All that it did, as a key."""
    return json.dumps(sorted(candidate.results.items(), key=str))


def _passes_all(candidate: _Candidate, examples: tuple[Example, ...]) -> bool:
    return len(examples) > 0 and candidate.passed(examples) == len(examples)


def _settled(candidates: list[_Candidate], examples: tuple[Example, ...], *, small: bool) -> bool:
    """Whether enough pass every example and do the same on all inputs, or enough were drawn."""
    good = [c for c in candidates if c.passed(examples) == len(examples) and any(c.results.values())]
    if (good and not small) or len(candidates) >= (ENOUGH_SAMPLES if good else MOST_SAMPLES):
        return True
    groups = Counter(map(_shown, good))
    return max(groups.values(), default=0) >= 2


def _request(prompt: str, seed: int, sample: int, *, begins: bool) -> CompletionRequest:
    task = f"Complete the following Python function.\n\n```python\n{prompt.strip()}\n```"
    return CompletionRequest(
        messages=(ChatMessage.system("You are a careful Python programmer."), ChatMessage.user(task)),
        max_tokens=512,
        temperature=0.8 if sample else 0.0,
        top_p=0.95 if sample else 1.0,
        min_p=0.05 if sample else 0.0,
        seed=seed * 1000 + sample,
        stop=_STOPS if begins else (),
        # Ends with the line, not with the body's indentation, which belongs to the model's next token.
        prefill=f"```python\n{prompt.rstrip()}\n" if begins else "",
    )


def _assembled(prompt: str, reply: str, entry_point: str, *, begins: bool) -> str:
    indent = "" if reply[:1].isspace() else "    "
    code = f"{prompt.rstrip()}\n{indent}{reply}" if begins else extract_code(reply)
    if f"def {entry_point}(" not in code:
        code = f"{prompt.rstrip()}\n{code}"
    fixed = mechanically_fixed(code)
    try:
        ast.parse(fixed)
    except (SyntaxError, ValueError):
        return code
    return fixed


async def _results(
    codes: Sequence[str], calls: tuple[str, ...], sandbox: Sandbox, limits: Limits
) -> list[dict[str, str | None]]:
    """What each of the modules gives for the calls, one after the other."""
    if not calls or not codes:
        return [dict.fromkeys(calls) for _ in codes]
    files = {f"probe_{number}.py": code + _PROBE.format(calls=list(calls)) for number, code in enumerate(codes)}
    outcome = await sandbox.run([Command(argv=("python", name)) for name in files], files=files, limits=limits)
    return [_read(execution.stdout, calls) for execution in outcome.executions]


def _read(stdout: str, calls: tuple[str, ...]) -> dict[str, str | None]:
    results: dict[str, str | None] = dict.fromkeys(calls)
    for line in stdout.split("\x1e")[1:]:
        try:
            call, result = json.loads(line.split("\n")[0])
        except ValueError:
            continue
        if call in results:
            results[call] = result
    return results
