"""HTML to text: what a reader of the page reads."""

import re
from collections import Counter
from html import unescape
from html.parser import HTMLParser
from typing import Final

_SILENT: Final = frozenset(
    {
        "script",
        "style",
        "head",
        "title",
        "nav",
        "footer",
        "aside",
        "form",
        "button",
        "noscript",
        "svg",
        "template",
        "iframe",
    }
)
_BLOCKS: Final = frozenset(
    "address article blockquote dd div dl dt figcaption figure header hr main ol p pre section table tr ul".split()  # noqa: SIM905
)
_BOILERPLATE: Final = re.compile(
    r"\b(nav|navbar|navigation|sidebar|sphinxsidebar|related|breadcrumbs?|footer|menu|cookie|headerlink|toc|searchbox)\b"
)
_VOID: Final = frozenset("area base br col embed hr img input link meta source track wbr".split())  # noqa: SIM905


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._open: list[str] = []
        self._open_of: Counter[str] = Counter()
        """By tag: how many of these."""
        self._silent_from: int | None = None
        """How many elements were open when one began that isn't read."""
        self._pre = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self._add("\n")
        if tag in _VOID:
            return
        words = " ".join(value or "" for name, value in attrs if name in ("class", "role", "id"))
        if self._silent_from is None and (tag in _SILENT or (tag != "body" and _BOILERPLATE.search(words))):
            self._silent_from = len(self._open)
        self._open.append(tag)
        self._open_of[tag] += 1
        if tag in _BLOCKS:
            self._add("\n\n" if tag in ("p", "pre", "table") else "\n")
        elif tag == "li":
            self._add("\n- ")
        elif len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self._add("\n\n" + "#" * int(tag[1]) + " ")
        elif tag in ("td", "th"):
            self._add(" ")
        self._pre += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        if not self._open_of[tag]:
            return
        while self._open:
            closed = self._open.pop()
            self._open_of[closed] -= 1
            self._pre -= closed == "pre"
            if self._silent_from is not None and len(self._open) <= self._silent_from:
                self._silent_from = None
            if closed == tag:
                break
        if tag in _BLOCKS or (len(tag) == 2 and tag[0] == "h"):
            self._add("\n\n" if tag in ("p", "pre", "table", "ul", "ol") or tag[0] == "h" else "\n")

    def handle_data(self, data: str) -> None:
        self._add(data if self._pre else re.sub(r"\s+", " ", data))

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        """`<![` and what is no section of HTML: a comment, as browsers have it; the library gives up there."""
        try:
            return super().parse_marked_section(i, report)
        except AssertionError:
            return self.parse_bogus_comment(i, report)

    def _add(self, text: str) -> None:
        if self._silent_from is None:
            self.parts.append(text)


def text_of_html(html: str) -> str:
    """The text of a page: headings with #, items with -, `pre` as it stands; no scripts, no navigation.

    >>> text_of_html("<title>x</title><nav>Home</nav><h1>Tea</h1><p>Boil <b>water</b>.<ul><li>cup</ul>")
    '# Tea\\n\\nBoil water.\\n\\n- cup\\n'
    """
    reader = _Reader()
    end = html.rfind(">") + 1  # after it no tag can end, and the library would look for the end of each that begins
    reader.feed(html[:end])
    reader.close()
    reader.handle_data(unescape(html[end:]))
    lines = (line if line.startswith("  ") else line.strip(" ") for line in "".join(reader.parts).split("\n"))
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
    return f"{text}\n" if text else ""
