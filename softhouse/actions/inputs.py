"""What a program is given to read, by a requirement's words: a text, a table, a picture, a file of a fixed name.

>>> contents("takes a CSV file with a header like name,score")[0].splitlines()[:2]
['name,score', 'bob,90']
"""

import re

from softhouse.actions.beginnings import before_printing
from softhouse.actions.contents import json_contents, line_contents, sample_of
from softhouse.actions.sample_input import grids, number_rows, table

PLAIN_TEXT = (
    "The quick brown fox, the lazy dog.\nHello hello WORLD 42!\n\na bb bb ccc 3.5 -7 bb\n\n\n"
    "你好 zebra well-fed dog's\n"
)
"""What a text file may hold that a model would not think of: cases mixed, numbers, repeated words, empty lines, words
with a hyphen or an apostrophe."""
WORDS_OF_LETTERS = "Dog, dog. DOG! the-dog\ncat2cat cat's; Cat\n22 22 22 22 22 22\n"
"""A text in which what stands between blanks is seldom made of letters."""
ASCII_TEXT = "the dog saw a cat\nthe end\n\ta  b \nBEGIN\nHello, dog!\nEND\nlast line"
FOLDER = {
    "folder/a.txt": "same\n",
    "folder/B.md": "another one\n",
    "folder/README": "no ending\n",
    "folder/sub/c.txt": "same\n",
    "folder/sub/deep/d.py": "print(1)\n",
}
"""A directory with files of the same content, of several kinds, and some that lie deeper."""
OTHER_FOLDER = {"other/a.txt": "same\n", "other/B.md": "changed\n", "other/new.txt": "new\n"}


_SETTINGS = "; note\n[server]\nport=80\nname = web\n\n[client]\nport=81\nport=82\n"
_SET_TWICE = re.compile(r"\b(?:twice|again|duplicates?|repeated|more than once|last)\b|重复|多次", re.IGNORECASE)
_WEB_PAGE = '<html>\n<body>\n<h1>One</h1>\n<p>a <B>c</B> <a href="x.html">link</a></p><p>d<br></p>\n</body>\n</html>\n'
TABLE = re.compile(r"\b(?:CSV|comma[- ]separated)\b|\bTSV\b", re.IGNORECASE)
_HEADER = re.compile(r"\bheader\b|\bcolumns?\b|表头|列", re.IGNORECASE)
_NO_HEADER = re.compile(r"\bno header\b|\bwithout (?:a )?header\b|无表头|没有表头", re.IGNORECASE)
_SEMICOLONS = re.compile(r"\bseparated by semicolons\b|以分号分隔", re.IGNORECASE)
_FIXED = re.compile(r"(?<![\w./-])([a-z_]+\.(?:txt|csv|json|log|ini|tsv))(?![\w(])")
_KEPT = re.compile(
    r"\b(?:stor\w+|sav\w+|remember\w*|record\w*|append\w*|writ\w+|keeps?|kept|keeping|state|copies|adds?"
    r"|notes (?:an?|the|down)|noted)\b|写入|保存到|存到|记录到",
    re.IGNORECASE,
)
_READ = re.compile(r"\b(?:reads?|from|in the file|holds?|has|have|contains?|lists?)\b|读取|从|包含|有", re.IGNORECASE)
"""What is said of a JSON file that is there at the first start, and does not keep what a program remembers."""
_PICTURE = re.compile(r"\b(?:pictures?|text map|text grid|drawing)\b", re.IGNORECASE)


def fixed_file(text: str) -> str:
    """The file that a program reads under a name of its own; empty for none, and for one that it writes.

    >>> fixed_file("stops.csv has lines 'STATION,MINUTES'. Write main.py that takes a time and prints …")
    'stops.csv'
    >>> fixed_file("appends a line to log.txt"), fixed_file("prints like 'a.txt'"), fixed_file("It stays in best.json.")
    ('', '', '')
    """
    plain = re.sub(r"['`‘“][^'`’”\n]*['`’”]", "", text)
    for found in _FIXED.finditer(plain):
        sentence = re.split(r"[.;。；](?:\s|$)", plain[: found.start()])[-1]
        is_read = _READ.search(f"{sentence} {found[1]}{plain[found.end() : found.end() + 16]}")
        if not _KEPT.search(sentence) and (is_read or not found[1].endswith(".json")):
            return found[1]
        if re.search(r"\bkept in $|保存在.*$", sentence) and sample_of(text):
            return found[1]
    return ""


def contents(text: str) -> list[str]:
    """What is to be read, in two ways, where a requirement says of what kind it is; none where it does not."""
    if found := number_rows(text):
        return found[:2]
    if documents := json_contents(text):
        return documents
    if (lines := line_contents(text)) and not (TABLE.search(text) and _HEADER.search(text)):
        return lines
    if found := grids(text):
        return found[:2]
    if re.search(r"\bINI\b", text):
        return [_SETTINGS if _SET_TWICE.search(text) else _SETTINGS.replace("port=82", "host=b")]
    if re.search(r"\bHTML\b", before_printing(text)):
        return [_WEB_PAGE]
    if _PICTURE.search(before_printing(text)) and "JSON" not in text:
        return ["#..x.\n.##..\n.....\n.x#..\n", ".....\n..#..\n.x...\n"]
    if TABLE.search(text):
        rows = table(text)
        if _SEMICOLONS.search(text):
            return [rows.replace(",", ";")]
        if _NO_HEADER.search(text):
            return [rows.partition("\n")[2]]
        return [rows, "".join(rows.splitlines(keepends=True)[:3])]
    return []
