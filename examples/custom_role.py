"""A role of one's own at the table: a technical writer who turns the design into a page for users.

Run: `python examples/custom_role.py [--demo]`. With `--demo` a script answers instead of a model.
"""

import asyncio
import json
import sys
from pathlib import Path

import softhouse
from softhouse.llm_backends.protocol import CompletionRequest
from softhouse.testing import ScriptedBackend
from softhouse.testing.standard_house import standard_house


class UserGuide(softhouse.Document):
    """A page for those who use the program."""

    final = True
    title = "User guide"

    headline: str
    steps: tuple[str, ...]


class WriteGuide(softhouse.Action):
    """Explain the program to its users, as soon as it is designed."""

    watches = (softhouse.SystemDesign,)
    produces = (UserGuide,)
    background = (softhouse.Requirement, softhouse.ProductRequirements)
    prompt = "# Task\n\nYou are the {{ role }}: {{ goal }}. Write the user guide.\n\n{{ document.overview }}"


WRITER = softhouse.Role("Technical Writer", "explain it to somebody who has never seen it", actions=(WriteGuide(),))


def demo() -> ScriptedBackend:
    """The standard house's script, with a writer's reply."""
    script = standard_house()

    def answer(request: CompletionRequest) -> str:
        if "Write the user guide" in request.messages[1].content:
            return json.dumps({"headline": "Adding numbers", "steps": ["Run: python main.py 1 2 3"]})
        return script(request)

    return ScriptedBackend(answer)


async def main(arguments: list[str]) -> None:
    """Build a small program and print the writer's page."""
    company = softhouse.Company(
        model=demo() if "--demo" in arguments else None,
        roles=(*softhouse.documents_first(), WRITER),
        workspace=Path("out/guided"),
    )
    project = await company.run("Write a command line program main.py that adds its arguments up.")
    (guide,) = project.documents(UserGuide)
    print(guide.headline, *guide.steps, sep="\n")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
