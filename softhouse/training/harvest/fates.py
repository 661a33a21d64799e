"""What became of programs: the outcomes of recorded executions, and the verdicts of test reports."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from softhouse.actions.cases import command, failure
from softhouse.environment.act import Act, to_json
from softhouse.environment.document import Document
from softhouse.environment.documents import Case, SourceFile, TestReport
from softhouse.environment.sandbox import Outcome


class Executions:
    """The sandboxed runs of a journal, found by what was run on what."""

    def __init__(self, acts: Iterable[Act]) -> None:
        self._outcomes: dict[str, Outcome] = {}
        for act in acts:
            if act.kind == "execution" and act.state == "done" and act.result is not None:
                key = _key(act.request["commands"], act.request["files"])
                self._outcomes[key] = Outcome.model_validate(act.result["outcome"])

    def tried(self, program: str, entry_point: str, cases: Sequence[Case]) -> tuple[int, int]:
        """How many of `cases` a one-file program passed, and with how many it was run at all."""
        passed = runs = 0
        for case in cases:
            commands = [command(entry_point, step).model_dump(mode="json") for step in case.steps]
            outcome = self._outcomes.get(_key(commands, {**case.files, entry_point: program}))
            if outcome is not None:
                runs += 1
                passed += not failure(case, outcome, entry_point)
        return passed, runs


def _key(commands: Sequence[Any], files: Mapping[str, str]) -> str:
    # white space at a file's end tells no two programs apart, and a reply has it or not
    return to_json([commands, {path: content.rstrip() for path, content in files.items()}])


def verdicts(documents: Iterable[Document]) -> dict[tuple[str, str], bool]:
    """Path and content of a file → whether it was at fault (False) or in an accepted project (True).

    `documents` in the order of publication. Files of which no report says either are left out.
    """
    current: dict[str, str] = {}
    found: dict[tuple[str, str], bool] = {}
    for document in documents:
        if isinstance(document, SourceFile):
            current[document.path] = document.content.rstrip()
        elif isinstance(document, TestReport):
            at_fault = {check.suspect for check in document.checks if not check.passed}
            for version in current.items():
                if version[0] in at_fault:
                    found[version] = False
                elif document.accepted:
                    found[version] = True
    return found
