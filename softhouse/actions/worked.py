"""Worked examples that stand in a requirement without quotes: `342 gives three hundred forty-two`.

What stands before the verb has to look like a value (digits, signs, capitals) or be one word at the beginning of a
clause; what stands behind it goes to the end of the clause, and has none of the small words that descriptions have.

>>> list(bare_examples("It joins the parts by ` + `, so 7/12 gives 1/2 + 1/12."))
[Worked(given='7/12', printed='1/2 + 1/12', starts=False)]
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_VERB = re.compile(
    r",?\s+(?:(?:which|that|this|it)\s+)?(?:should |must |would )?"
    r"(?P<verb>gives?|prints?|becomes?|yields?|returns?|outputs?|shows?|turns into|is)\s+|\s*(?:->|→|=>|⇒)\s*"
)
_CALENDAR = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_VALUE = re.compile(rf"\S*\d\S*|[^\w\s]+|[A-Z]{{2,}}|{_CALENDAR}")
_INTRODUCES = frozenset({"so", "like", "example", "e.g.", "instance", "row", "line", "thus", "input", "for", "then"})
"""Words that may stand before what is given."""
DESCRIBES = re.compile(
    r"an?|the|all|any|as|at|both|by|each|every|how|if|in|its?|just|no|nothing|of|on|only|or|that|their|them|this|to|what"
    r"|whether|with|error|message|and|anything|else|everything|it|none|one|other|others|per|program|then|up|wrong",
    re.IGNORECASE,
)
"""Words of a description of the output; the output itself has none of them."""
_ENDS = re.compile(r"and|but|for|so|then|when|where|while|because|since")
"""Words that begin another part of the sentence."""
_WRITTEN_OUT = re.compile(r"\d[:/-]\d")
"""A time, a date, a fraction."""
_QUOTED = re.compile(r"`([^`\n]+)`|'([^'\n]+)'|\"([^\"\n]+)\"|“([^”\n]+)”")
_SHOWN = re.compile(r"(?<!\w)'[^'\n]+'(?!\w)|`[^`\n]+`|\"[^\"\n]+\"|“[^”\n]+”")
_PAIRS = {")": "(", "]": "["}


@dataclass(frozen=True)
class Worked:
    """What is given, and what is printed for it."""

    given: str
    printed: str
    starts: bool
    """`given` is all that stands behind the program's name, so that its words are the arguments."""


def bare_examples(text: str) -> Iterator[Worked]:
    """The worked examples of a requirement that are not quoted.

    >>> next(bare_examples("so rwxr-xr-- becomes 754."))
    Worked(given='rwxr-xr--', printed='754', starts=False)
    >>> [found.given for found in bare_examples("12:30 AM is 00:30 and 12:30 PM is 12:30. 0 is empty.")]
    ['12:30 AM', '12:30 PM']
    >>> list(bare_examples("main.py 3 ABBA prints AABB. main.py N prints the first N rows."))
    [Worked(given='3 ABBA', printed='AABB', starts=True)]
    >>> list(bare_examples("It prints all of them, such as '9 -> 3 -> 1'."))
    []
    """
    known = False
    shown = [quoted.span() for quoted in _SHOWN.finditer(text)]
    for verb in _VERB.finditer(text):
        if not verb["verb"] and any(first < verb.start() and verb.end() < last for first, last in shown):
            continue  # an arrow that is printed
        given, before = _given(text[: verb.start()].split(), another=known)
        output = printed(text[verb.end() :])
        if not given or not output:
            continue
        if _is_program(given) or (_is_program(before) and _are_names(given.split(), text)):
            continue
        several = " " in output
        if verb["verb"] == "is" and not (_WRITTEN_OUT.search(given) and _WRITTEN_OUT.search(output)):
            continue  # a fact, such as how many minutes an hour has
        if re.fullmatch(r"[a-z]+", given) and (several or verb["verb"] in ("is", "print", "prints")):
            continue
        if re.fullmatch(r"[A-Z ]+", f"{given} {output}") and len(re.findall(rf"\b{given}\b", text)) > 1:
            continue  # a name for what is given
        known = True
        yield Worked(given, output, starts=_is_program(before))


def _given(words: Sequence[str], *, another: bool) -> tuple[str, str]:
    """What is given, at the end of `words`, and the word before it; empty where nothing looks like it.

    `another`: there is an example before it, to which it may be joined.
    """
    first = len(words)
    while first and _VALUE.fullmatch(words[first - 1]) and (first == len(words) or words[first - 1][-1] not in ",.;:"):
        first -= 1
    before = words[first - 1] if first else ""
    if first == len(words):
        if not before or not re.fullmatch(r"[a-z]{2,}|[a-z]+(?:[-./:@][a-z-]*)+", before):
            return "", ""
        first -= 1
        before = words[first - 1] if first else ""
    given = " ".join(words[first:])
    if given.count("(") > given.count(")"):
        before, given = "(", given[given.rindex("(") + 1 :]
    if not re.search(r"\w", given) or re.search(r"[`'\"“”]|[,.;:]$", given):
        return "", ""
    if re.fullmatch(r"[a-z]+(?:[-./:@][a-z-]*)*", given):  # a word, which may as well belong to the sentence
        begins = before[-1:] in (":", ";", "(", "：", "；", "（") or before.lower() in _INTRODUCES - {"for", "then"}
    else:
        begins = not before or before[-1] in ":;.,(：；。，（" or before.lower() in _INTRODUCES
        begins = begins or (another and before == "and") or _is_program(before)
    return (given, before) if begins else ("", "")


def _are_names(words: Sequence[str], text: str) -> bool:
    """Whether words in capitals are names for what is given, of which the text speaks.

    >>> _are_names(["WORD"], "main.py WORD prints the word"), _are_names(["HELLO"], "main.py HELLO prints KHOOR")
    (True, False)
    """
    known = re.findall(r"[a-z]+", text.casefold())
    spoken_of = len(words) > 1 or all(known.count(word.casefold()) > 1 for word in words)
    return spoken_of and all(re.fullmatch(r"[A-Z]{2,}", word) for word in words)


def _is_program(word: str) -> bool:
    return word.strip("`'\"").endswith(".py")


def printed(behind: str) -> str:
    """What is printed, at the beginning of `behind`, up to the end of the clause; empty for a description of it.

    >>> printed("255 128 0."), printed("'a b' then"), printed("the sum of both")
    ('255 128 0', 'a b', '')
    """
    if quoted := _QUOTED.match(behind):
        return str(next(filter(None, quoted.groups())))
    found: list[str] = []
    words = re.findall(r"\S+", behind.partition("\n")[0])
    for place, word in enumerate(words):
        if _ENDS.fullmatch(word):
            if word == "and" and _goes_on(words[place + 1 :]):
                return ""
            break
        bare = _closed(word.rstrip(".,;:。，；"), " ".join(found))
        if not bare or DESCRIBES.fullmatch(bare):
            return ""
        found.append(bare)
        if word.endswith((":", "：")):
            return ""  # what is printed comes after it
        if bare != word:
            if word.endswith((",", "，")) and _goes_on(words[place + 1 :]):
                return ""  # one of several, and what stands between them is not shown
            break
    return " ".join(found)


def _closed(word: str, before: str) -> str:
    """`word` without the brackets at its end that close what was opened elsewhere.

    >>> _closed("13:05))", "(at"), _closed("[1]", "")
    ('13:05)', '[1]')
    """
    while word and (opening := _PAIRS.get(word[-1])):
        if (before + word).count(word[-1]) <= (before + word).count(opening):
            break
        word = word[:-1]
    return word


def _goes_on(words: Sequence[str]) -> bool:
    """Whether another value follows that is no example of its own.

    >>> _goes_on(["2024-03-31", "and", "2024-04-30."]), _goes_on(["12:30", "PM", "is", "12:30."]), _goes_on(["no", "3"])
    (True, False, False)
    """
    values = 0
    while values < len(words) and re.search(r"\d", words[values]):
        values += 1
    behind = " " + " ".join(words[values:]) + " "
    return values > 0 and not re.match(rf"(?: [A-Z]{{2,}})?(?:{_VERB.pattern})", behind)
