"""Which files the documents of a run are: a pure function of its messages.

A document that puts files into the project is those files. Every other one lies in `docs/`, as JSON and as Markdown.

>>> from softhouse.environment.documents import SourceFile
>>> table = [Message(sender="User", content=Requirement(text="Say hi.")),
...          Message(sender="Engineer", content=SourceFile(path="main.py", content="print('hi')\\n"))]
>>> sorted(projection(table))
['docs/requirement.json', 'docs/requirement.md', 'main.py']
"""

from collections.abc import Iterable, Mapping, Sequence

from softhouse.environment.diagrams import class_diagram, sequence_diagram
from softhouse.environment.document import Document
from softhouse.environment.documents import Requirement, SystemDesign
from softhouse.environment.markdown import to_markdown
from softhouse.environment.message import Message
from softhouse.environment.names import check_paths, file_stem

_PRIVATE = frozenset({"docs", ".softhouse"})
"""Where no document may put a file of the project. (`README.md` is a document of the house, so it may be put.)"""

_DIAGRAMS = {"en": ("Class diagram", "Sequence diagram"), "zh": ("类图", "时序图")}


def newest(messages: Iterable[Message]) -> dict[str, Document]:
    """The last document of each slot, by slot; in the order in which the slots were first filled."""
    return {message.content.slot: message.content for message in messages}


def language_of(messages: Iterable[Message]) -> str:
    """The language of the documents: that of the newest requirement."""
    languages = [message.content.language for message in messages if isinstance(message.content, Requirement)]
    return languages[-1] if languages else "en"


def projection(messages: Sequence[Message]) -> dict[str, str]:
    """Every file that the messages amount to, path to content; for each slot the last message of the sequence counts.

    Raises `UnsafePathError` where a path leaves the project or two documents want the same file.
    """
    return merged(messages, rendered(messages))


def rendered(messages: Sequence[Message]) -> dict[str, dict[str, str]]:
    """The files of each message, by its id."""
    language = language_of(messages)
    return {message.id: document_files(message.content, language) for message in messages}


def merged(messages: Sequence[Message], pages: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """`projection` of messages that are rendered already."""
    latest = {message.content.slot: message for message in messages}.values()
    check_paths((path for m in latest for path in m.content.project_files()), reserved=_PRIVATE)
    return {path: text for message in latest for path, text in pages[message.id].items()}


def document_files(document: Document, language: str = "en") -> dict[str, str]:
    """The files of one document, path to content; raises `UnsafePathError`."""
    files = document.project_files()
    if files:
        paths = check_paths(files, reserved=_PRIVATE)
        return {str(path): text for path, text in zip(paths, files.values(), strict=True)}
    stem = document_stem(document)
    return {
        f"{stem}.json": document.model_dump_json(indent=2) + "\n",
        f"{stem}.md": to_markdown(document, language) + _derived(document, language),
    }


def document_stem(document: Document) -> str:
    """Where a document without project files lies, without the extension.

    >>> document_stem(Requirement(text="Say hi."))
    'docs/requirement'
    """
    folder = f"docs/{file_stem(document.slug())}"
    return f"{folder}/{file_stem(document.key)}" if document.key else folder


def _derived(document: Document, language: str) -> str:
    """Sections that are rendered from the document and skipped when it is read back."""
    if not isinstance(document, SystemDesign):
        return ""
    diagrams = (class_diagram(document), sequence_diagram(document))
    return "".join(
        f"\n## {title}\n\n```mermaid\n{diagram}\n```\n"
        for title, diagram in zip(_DIAGRAMS[language], diagrams, strict=True)
        if diagram
    )
