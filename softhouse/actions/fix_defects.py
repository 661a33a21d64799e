"""From QA's defects to mended files."""

from collections.abc import Sequence

from softhouse.actions.action import Action
from softhouse.actions.code import climb, edit, mend
from softhouse.actions.context import Context
from softhouse.environment.document import Document
from softhouse.environment.documents import (
    Defect,
    Implementation,
    ProductRequirements,
    Requirement,
    SourceFile,
    TestReport,
)
from softhouse.environment.message import Message


class FixDefects(Action):
    """Mend every file that QA found at fault, at the same time, each with the evidence in front of it."""

    watches = (TestReport,)
    produces = (SourceFile, Implementation)
    background = (Requirement, ProductRequirements)
    bound = 2

    def select(self, pending: Sequence[Message], memory: Sequence[Message]) -> Sequence[Message]:
        """A report with defects; one without is not for the engineer."""
        del memory
        return [m for m in pending if isinstance(m.content, TestReport) and m.content.defects][:1]

    async def run(self, context: Context, document: Document) -> Implementation:
        report, built = context.need(TestReport), context.need(Implementation)
        files = {source.path: source.content for source in context.find_all(SourceFile) if source.path in built.files}
        by_hand = [d.path for d in report.defects if context.edited(SourceFile(path=d.path, content=""))]
        defects = [d for d in report.defects if d.path in files and d.path not in by_hand]
        mended = await context.side_by_side(*(self._mend(context, defect, files, built) for defect in defects))
        changed = [SourceFile(path=path, content=content) for path, content in mended if content != files[path]]
        for source in changed:
            await context.publish(source)
        return Implementation(
            entry_point=built.entry_point,
            files=built.files,
            round=built.round + 1,
            notes=() if changed else _why_nothing(by_hand),
        )

    async def _mend(
        self, context: Context, defect: Defect, files: dict[str, str], built: Implementation
    ) -> tuple[str, str]:
        path, entry = defect.path, defect.path == built.entry_point
        before = files[path]
        after = await edit(context, path, before, defect.evidence)
        if after == before:
            return path, before
        problem = await climb(context, path, after, files, entry=entry)
        return path, await mend(context, path, after, problem, files, entry=entry)


def _why_nothing(by_hand: Sequence[str]) -> tuple[str, ...]:
    """Why no file was changed; `by_hand`: those at fault that a person wrote, which are the person's to mend."""
    if by_hand:
        return tuple(f"{path} was edited by hand, so it was left as it is" for path in by_hand)
    return ("no edit was found for the defects, so they were not worked on again",)
