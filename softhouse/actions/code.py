"""Code from a model: asked for in a fenced block, checked rung by rung, mended by edits.

The ladder is parse, undefined names, import in the sandbox. What fails goes back with its error text and a request for
an edit, never for the whole file. The same failing state twice ends the attempt.
"""

import re
from collections.abc import Mapping
from typing import Any

from softhouse.actions.cases import clip
from softhouse.actions.context import Context
from softhouse.actions.prompts import render, shared_template
from softhouse.actions.source import module_name, problems
from softhouse.environment.sandbox import Command, Limits
from softhouse.errors import ReplyError
from softhouse.llm_backends.code_blocks import extract_code
from softhouse.llm_backends.protocol import ChatMessage, CompletionRequest
from softhouse.llm_backends.structured import LONGEST_QUOTE

MOST_EDITS = 2
"""Edits that one file gets before its problem is left to QA."""
IMPORT_LIMITS = Limits(wall_seconds=10)
EDIT_REFUSED = "That edit cannot be applied"
"""How a model is asked for another edit; a recorded request is recognised by these words."""

_EDIT = re.compile(r"^<{5,9} ?SEARCH[^\n]*\n(.*?)^={5,9}[^\n]*\n(.*?)^>{5,9} ?REPLACE", re.MULTILINE | re.DOTALL)


async def ask_code(context: Context, path: str, template: str = "", **variables: Any) -> str:
    """The whole text of a file. Raises a `ReplyError` where the reply is cut or holds no code, twice."""
    request = context.request(template, path=path, **variables)
    return await _code(context, request, path)


async def _code(context: Context, request: CompletionRequest, path: str) -> str:
    for attempt in range(2):
        completion = await context.complete(request)
        code = extract_code(completion.text)
        if completion.finish_reason == "stop" and code.strip():
            return code.rstrip() + "\n"
        if attempt == 0:
            cut = completion.finish_reason == "length"
            note = "Your reply was cut at the token limit." if cut else "There was no code block in your reply."
            request = request.model_copy(
                update={
                    "messages": (
                        *request.messages,
                        ChatMessage.user(
                            f"{note} Answer with the whole of `{path}` in one fenced code block, nothing else."
                        ),
                    ),
                    "max_tokens": request.max_tokens * 2 if cut else request.max_tokens,
                }
            )
    raise ReplyError(f"{context.backend.name} gave no complete file for {path}, twice; try another model with --model")


async def climb(context: Context, path: str, content: str, files: Mapping[str, str], *, entry: bool) -> str:
    """The first rung that does not hold, as text for an edit; empty where the file stands.

    `files` are those of the project that the file may import. An entry point is not imported (that may start it).
    """
    if found := problems(path, content):
        return "\n".join(found)
    if entry or not path.endswith(".py"):
        return ""
    trial = await context.execute(
        [Command(argv=("python", "-c", f"import {module_name(path)}"))], {**files, path: content}, limits=IMPORT_LIMITS
    )
    execution = trial.outcome.executions[0]
    if execution.exit_code == 0 and not execution.timed_out:
        return ""
    return f"importing the file fails:\n{clip(execution.stderr, tail=True) or 'it does not end'}"


async def mend(
    context: Context, path: str, content: str, problem: str, files: Mapping[str, str], *, entry: bool
) -> str:
    """Ask for edits until the file stands, at most `MOST_EDITS` times; the best state is returned."""
    seen = {content}
    for _ in range(MOST_EDITS):
        if not problem:
            return content
        content = await edit(context, path, content, problem)
        if content in seen:
            context.tell("notice", subject=path, detail=f"{path}: the same failing state twice, left as it is")
            return content
        seen.add(content)
        problem = await climb(context, path, content, files, entry=entry)
    if problem:
        context.tell(
            "notice", subject=path, detail=f"{path}: left after {MOST_EDITS} edits: {problem.splitlines()[-1]}"
        )
    return content


async def edit(context: Context, path: str, content: str, problem: str) -> str:
    """Ask for a small edit of a file and apply it; the unchanged content where the edit fits nowhere, twice."""
    task = render(shared_template("edit"), path=path, content=content.rstrip("\n"), problem=problem)
    request = context.request_for(task)
    for _ in range(2):
        reply = await context.complete(request)
        edited, complaint = apply_edits(content, reply.text)
        if not complaint and reply.finish_reason == "stop":
            return edited
        complaint = complaint or "the reply was cut at the token limit"
        request = request.model_copy(
            update={
                "messages": (
                    *request.messages,
                    ChatMessage.assistant(clip(reply.text, LONGEST_QUOTE) or "(empty)"),
                    ChatMessage.user(f"{EDIT_REFUSED}: {complaint}. Copy the SEARCH lines exactly from the file."),
                )
            }
        )
    return content


def apply_edits(content: str, reply: str) -> tuple[str, str]:
    """The content after the reply's SEARCH/REPLACE blocks, and what is wrong with them (empty: nothing).

    A reply without blocks but with one fenced block that has most of the file's size is taken as the whole file.

    >>> apply_edits("a = 1\\nb = 2\\n", "<<<<<<< SEARCH\\nb = 2\\n=======\\nb = 3\\n>>>>>>> REPLACE")
    ('a = 1\\nb = 3\\n', '')
    """
    blocks = _EDIT.findall(reply)
    if not blocks:
        code = extract_code(reply)
        if code.strip() and len(code) > len(content) / 2:
            return code.rstrip() + "\n", ""
        return content, "there is no SEARCH/REPLACE block"
    for search, replacement in blocks:
        if search.strip() and content.count(search) == 1:
            content = content.replace(search, replacement)
            continue
        loose = _find_loosely(content, search)
        if loose is None:
            return content, f"these lines are not in the file exactly once: {clip(search.strip(), 200)!r}"
        content = content[: loose[0]] + replacement + content[loose[1] :]
    return content, ""


def _find_loosely(content: str, search: str) -> tuple[int, int] | None:
    """Where the lines stand if white space at their ends does not count: start and end offset, if exactly once."""
    wanted = [line.rstrip() for line in search.strip("\n").splitlines()]
    if not any(wanted):
        return None
    lines = content.splitlines(keepends=True)
    hits = [
        start
        for start in range(len(lines) - len(wanted) + 1)
        if [line.rstrip() for line in lines[start : start + len(wanted)]] == wanted
    ]
    if len(hits) != 1:
        return None
    begin = sum(len(line) for line in lines[: hits[0]])
    return begin, begin + sum(len(line) for line in lines[hits[0] : hits[0] + len(wanted)])
