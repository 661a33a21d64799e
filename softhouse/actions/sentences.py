"""A requirement's sentences, and what it has in quotes.

>>> sentences_of("'list' prints 'N. TITLE' lines. A bad N, e.g. 0, exits with code 1; nothing is lost.")
["'list' prints 'N. TITLE' lines.", 'A bad N, e.g. 0, exits with code 1;', 'nothing is lost.']
"""

import re

QUOTES = (
    r"(?<![A-Za-z])'((?:[^'\n]|(?<=[A-Za-z])'(?=[a-z]))+)'|\"([^\"\n]+)\"|`([^`\n]+)`"
    r"|‘([^’\n]+)’|“([^”\n]+)”|「([^」\n]+)」"
)
"""Something in quotes; an apostrophe is none."""
_ENDS = re.compile(r"(?<=[.;])\s|[。；]|(?<=[\u4e00-\u9fff]);")
_NO_ENDS = re.compile(rf"{QUOTES}|\b(?:e\.g|i\.e|etc|vs)\. ")
_LONGEST_QUOTE = 80
"""A longer one lies between two marks that do not belong together, of which one stands for inches, say."""


def sentences_of(text: str) -> list[str]:
    """The sentences, and parts of sentences between semicolons. A full stop in quotes ends none.

    >>> sentences_of("按句号“。”分开。文件为空时输出「空」。")
    ['按句号“。”分开', '文件为空时输出「空」', '']
    """
    hidden = _NO_ENDS.sub(lambda found: "-" * len(found[0]) if len(found[0]) <= _LONGEST_QUOTE else found[0], text)
    ends = [end.span() for end in _ENDS.finditer(hidden)]
    starts = [0, *(after for _, after in ends)]
    return [text[start:stop] for start, stop in zip(starts, [*(before for before, _ in ends), len(text)], strict=True)]
