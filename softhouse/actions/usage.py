"""Trials that stand in the requirement's own words: the commands that it quotes, such as 'add TEXT' and 'list'.

A quoted form is a command word, with placeholders in capitals, in angle brackets or in Chinese. The forms are filled in
and run one after another in one directory, the first one twice, so that there is something for the others to work on.

>>> case = usage_case("Commands are 'add TEXT', 'list' and 'delete N'.", "main.py")
>>> [" ".join(step.arguments) for step in case.steps]
['add pear', 'add apple', 'list', 'delete 1', 'list']
"""

import re
from functools import lru_cache
from itertools import pairwise

from softhouse.actions.placeholders import INPUT_FILE, LATER, filled, kind_of, with_names
from softhouse.actions.sentences import QUOTES, sentences_of
from softhouse.environment.documents import Case, Step

PLACEHOLDER = r"(?:[A-Z][A-Z0-9_]*(?:[-:][A-Z]+)*|<[\w -]+>|[\u4e00-\u9fff]+\d?)"
"""A name for what is given: in capitals (`NAME`, `YYYY-MM-DD`), in angle brackets or in Chinese."""
_FORM = re.compile(rf"[a-z][a-z-]*(?: {PLACEHOLDER})*")
_CHINESE_FORM = re.compile(rf"[\u4e00-\u9fff]{{1,4}}(?: {PLACEHOLDER})*")
_CHINESE_SUBJECT = re.compile(r"(?:^|[:：;；,，。、(（和与或及]|\.py|命令|指令|支持)\s*$")
_SYNOPSIS = re.compile(
    rf"\b[\w-]+\.py((?: (?![\u4e00-\u9fff]){PLACEHOLDER})+)(?=$|[\s`'\"’”,，.。;；)）])"
    rf"|['\"`‘“「](?:python3? )?[\w-]+\.py((?: {PLACEHOLDER})+)['\"`’”」]"
)
"""A start of the program that names what it is given: in capitals or in brackets, or in quotes and Chinese."""
_PROGRAM = re.compile(r"(?:python3? )?[\w-]+\.py ")
_NAMING = re.compile(r"(?:^|[!?,，、:：;；]|\.py|\b(?:and|or|commands?)|[和与或及]|命令|指令)\s*$", re.IGNORECASE)
"""What stands before a quoted word that is one of several, or what the sentence is about."""
_SAYS = (
    r"(?:(?<!without )(?<!n't )(?<!not )(?<!the )(?<!my )(?<!our )(?<!a )"
    r"\b(?:print|show|list|display|output)(?:s|ing)?\b(?! (?:nothing|no output)\b)"
    r"|(?<![不无没])(?<!没有)(?<!不会)(?:打印|输出|显示|列出))"
)
"""A word for printing that is not denied."""
_PRINTING = (
    r"(?i)['\"`‘“「](?:(?:python3? )?[\w-]+\.py )?{0}\b[^'\"`’”」]*['\"`’”」]"
    r"(?:(?:,|,? and|,? or|[和与或])\s*['\"`‘“「][^'\"`’”」]*['\"`’”」])*(?:[^'\"`‘“「.;。；]|\.(?=\w))*?"
    + _SAYS
    + r"|['\"`]{0}['\"`] (?:how|what|which|who)\b"
)
_COMMANDS = re.compile(r"\b(?:sub)?commands?\b|命令|指令", re.IGNORECASE)
_DOES = re.compile(
    rf"(?:\s*(?:,|,? and|,? or)\s*(?:{QUOTES}))*(?:\s*\([^)]*\))?(?:,? which\b)?"
    r"(?:\s+(?!(?:is|are|was|lines?|rows?|for|if|when|where|per|in|as|with|to|from|on|at|then|by|followed)\b)[a-z]+"
    r"|\s*(?![的行])[\u4e00-\u9fff])"
)
"""What stands behind a quoted word that does something."""
_CHINESE_DOES = re.compile(
    rf"(?:\s*[、和与或及]\s*(?:{QUOTES}))*\s*(?!每[行个]|格式|形式|开头|结尾|组成|分隔|连接|[的行为是时这之中等])[\u4e00-\u9fff]"
)
"""What stands behind a quoted Chinese word, or the last of several, that does something."""
_KEEPS = re.compile(r"\b(?:in|to) [\w-]+\.(?:json|txt)\b|\.json")
"""That something is kept from one start to the next."""
_AN_OUTPUT = re.compile(r"\s+(?:if|when|where|for|otherwise|instead)\b", re.IGNORECASE)
"""What stands behind a quoted word that is printed in some case."""
_LINES = re.compile(r"\blines?(?: like| such as)?\s+$", re.IGNORECASE)
_PRINTED_BEFORE = re.compile(
    r"\b(?:prints?|printing|says|shows?|outputs?|ends with|(?<!such )as)\s+(?:just |only )?$"
    r"|(?:打印|输出)\s*$",
    re.IGNORECASE,
)
_PRINTS = re.compile(r"\bprints?\b|打印|输出", re.IGNORECASE)
_OR = re.compile(r"(?:\bor|或|或者)\s*$", re.IGNORECASE)
_ALONE = re.compile(r"\s*(?:alone|by itself|on its own|without arguments?|单独|不带参数)", re.IGNORECASE)
_CLAUSE_ENDS = re.compile(r"\s*(?:[,.;，。；]|$)")
"""What stands behind the second of two words that are printed."""
_MORE_OF_THEM = re.compile(r"\s*(?:\[[^\]]*\]|\.\.\.|…)")
"""What may be left out of a form, or stand there more often."""
_ARE_READ = re.compile(
    r"\b(?:reads? (?:\w+ ){0,2})?(?:commands?|instructions?)(?: read)?\b[^.;'\"`]*\b(?:standard input|stdin|a file)\b"
    r"|\b(?:commands?|instructions?|language|program|script)\b[^.;'\"`]{0,30}"
    r"\b(?:on standard input|in FILE|in a file)\b|\bstandard input holds\b"
    r"|\b(?:one|an?|each) (?:command|instruction)s? (?:per|on each) line\b"
    r"|从(?:标准输入|文件)[^。；;'“]{0,8}(?:命令|指令)",
    re.IGNORECASE,
)
"""Commands that are no arguments."""
_STANDARD_INPUT = re.compile(r"\bstandard input\b|\bstdin\b|标准输入", re.IGNORECASE)
_SUBJECT = re.compile(r"(?:^|[:,;.!?：，；。]|\.py(?: with)?|\b(?:and|or|where|while))\s*$", re.IGNORECASE)
_NOTHING_THERE = re.compile(
    r"\b(?:no|without|empty|nothing|fewer than|less than)\b[^.;]*\bexits?\b"
    r"|(?:没有|为空|空的|少于|不足)[^。；;]*退出码",
    re.IGNORECASE,
)
_OF_SEVERAL = re.compile(r"average|mean|median|change|last|best|max|min|latest|undo|top|most")
"""A command that has nothing to say while nothing is there."""
_OPENINGS = frozenset({"init", "create", "new", "open", "setup", "start"})
_PUTS_IN = frozenset({"add", "put", "record", "register", "save", "set", "store"})
_TAKES_OUT = frozenset({"clear", "delete", "del", "drop", "erase", "forget", "remove", "rm"})
_LOOKS_UP = frozenset({"check", "find", "get", "look", "lookup", "search", "show"})
_MOST_FORMS = 8

_INPUT = "pear apple\nfig\n"


@lru_cache(maxsize=64)  # asked again and again of the one requirement of a run
def usage_forms(text: str) -> tuple[tuple[str, ...], ...]:
    """The quoted commands of a requirement, as words; empty where it names none.

    A single word is a command where a sentence names it beside others or begins with it. Where a longer form begins
    with it too, it is a form of its own only if it is named before that one, or said to stand alone.

    >>> usage_forms("It prints 'yes' or 'no'."), usage_forms("支持命令 'add 姓名' 和 'list'。'add' 不打印。")
    ((), (('add', '姓名'), ('list',)))
    >>> usage_forms("`main.py start WORD` begins, `main.py due YYYY-MM-DD` prints what is due.")
    (('start', 'WORD'), ('due', 'YYYY-MM-DD'))
    >>> usage_forms("A log: 'add KG' stores a weight, 'last' prints the last."), usage_forms("It prints 'sum N'.")
    ((('add', 'KG'), ('last',)), ())
    >>> usage_forms("'drink N' 把杯数加上 N;'show' 打印总杯数。")
    (('drink', 'N'), ('show',))
    >>> usage_forms("Given 'front NAME', main.py couples a wagon; 'drop' takes one off. Kept in t.json.")
    (('front', 'NAME'), ('drop',))
    >>> usage_forms("Write main.py with 'mow DATE', which saves it, and 'when', which prints it.")
    (('mow', 'DATE'), ('when',))
    >>> usage_forms("main.py 'up' and 'down' switch by one, and 'go N' to channel N. Kept in tv.json.")
    (('up',), ('down',), ('go', 'N'))
    >>> usage_forms("'pay SUM' pays, `total` prints all, and `total NAME` what NAME paid. 'pay' of 0 fails.")
    (('pay', 'SUM'), ('total',), ('total', 'NAME'))
    >>> usage_forms("It remembers the balance: 'in 250' puts 250 cents in, 'show' prints it. Kept in bank.json.")
    (('in', 'QUANTITY'), ('show',))
    >>> usage_forms("Commands: 'list NAME' prints one entry, 'list' alone prints all of them, 'add NAME' adds one.")
    (('list', 'NAME'), ('list',), ('add', 'NAME'))
    >>> usage_forms("'充值 N' 存入 N 元，'乘车' 扣 2 元，都输出 '余额 N'。"), usage_forms("每行 '姓名 分数'。")
    ((('充值', 'N'), ('乘车',)), ())
    """
    forms: dict[tuple[str, ...], None] = {}
    alone = set[tuple[str, ...]]()
    acting = False
    if _ARE_READ.search(text) or _STANDARD_INPUT.search(re.split(r"['\"`‘“「]", text, maxsplit=1)[0]):
        return ()
    for sentence in sentences_of(text):
        read = 0
        for quoted in re.finditer(QUOTES, sentence):
            command = next(filter(None, quoted.groups()))
            started = _PROGRAM.match(command)
            words = _MORE_OF_THEM.sub("", command[started.end() :] if started else command)
            written = tuple(re.findall(r"<[^>]+>|\S+", words))
            form = with_names(written)
            before = sentence[: quoted.start()]
            if _LINES.search(before) or (read and _BESIDE.fullmatch(before[read:])):
                read = quoted.end()
                continue
            output = _PRINTED_BEFORE.search(before) or _AN_OUTPUT.match(sentence, quoted.end())
            if len(form) > 1:
                output = _PRINTED_BEFORE.search(before) or (output and _PRINTS.search(before))
            elif _OR.search(before) and _PRINTS.search(before):
                output = _CLAUSE_ENDS.match(sentence, quoted.end()) or output
            named = started or (not output and (len(form) > 1 or _NAMING.search(before)))
            chinese = not started and _is_chinese(form, before, sentence[quoted.end() :])
            if named and (chinese or _FORM.fullmatch(" ".join(form))):
                forms[form] = None
                if _ALONE.match(sentence, quoted.end()):
                    alone.add(form)
                behind = chinese or (_DOES.match(sentence, quoted.end()) and _SUBJECT.search(before))
                if form != written and not ((started or behind) and _KEEPS.search(text)):
                    del forms[form]
                    continue
                with_values = len(form) > 1 and sum(len(other) > 1 for other in forms) > 1
                acting |= bool(started or ((behind or with_values) and (len(form) > 1 or _KEEPS.search(text))))
    if all(len(form) == 1 for form in forms) or not (acting or _COMMANDS.search(text)):
        return ()
    known = tuple(forms)
    return tuple(
        form
        for place, form in enumerate(known)
        if len(form) > 1 or form in alone or form[0] not in {earlier[0] for earlier in known[:place]}
    )[:_MOST_FORMS]


def _is_chinese(form: tuple[str, ...], before: str, behind: str) -> bool:
    """Whether a form is a Chinese command; most of what is quoted in Chinese is printed, or is a line of a file."""
    does = _COMMANDS.search(before) or _CHINESE_DOES.match(behind)
    return bool(does and _CHINESE_FORM.fullmatch(" ".join(form)) and _CHINESE_SUBJECT.search(before))


@lru_cache(maxsize=64)  # asked again and again of the one requirement of a run
def synopsis(text: str) -> tuple[str, ...]:
    """The names of the arguments, where a requirement writes a start of the program down; empty where it does not.

    >>> synopsis("called as `main.py YEAR MONTH`"), synopsis("main.py takes a number"), synopsis("用“main.py 年份”启动")
    (('YEAR', 'MONTH'), (), ('年份',))
    """
    found = _SYNOPSIS.search(text)
    return tuple(re.findall(PLACEHOLDER, found[1] or found[2])) if found and not usage_forms(text) else ()


def entries(text: str) -> tuple[tuple[str, ...], ...]:
    """The starts that put something in: a command that has to come first, if there is one, then the first one, twice.

    >>> entries("Commands are 'init SIZE', 'park NAME' and 'list'.")
    (('init', '30'), ('park', 'pear'), ('park', 'apple'))
    >>> entries("Commands are 'create NAME', 'use NAME' and 'list'.")
    (('create', 'pear'), ('create', 'apple'))
    """
    opening, first, _ = _in_turn(usage_forms(text))
    return (
        *(filled(form, 0, text) for form in opening),
        *(filled(first, turn, text) for turn in (0, 1)),
    )


def usage_case(text: str, program: str) -> Case | None:
    """The commands that a requirement quotes, filled in and run in a sensible order; None where it quotes none."""
    forms = usage_forms(text)
    if not forms:
        return None
    _, first, others = _in_turn(forms)
    shows = [form for form in others if len(form) == 1]
    starts = [*entries(text), *(show for show in shows[:1])]
    printing = printing_commands(text)
    for form in sorted(others, key=lambda other: other[0] in _TAKES_OUT):
        if form not in shows[:1]:
            dated = [name for name in form[1:] if kind_of(name) == "date"]
            turns = [0] if {*dated} & {*first[1:]} else []
            turns += [LATER] if dated and (form[0] in printing or not turns) else []
            for turn in turns or [0]:
                starts += [
                    filled(form, turn, text, entry=first),
                    *(show for show in shows[:1] if form not in shows),
                ]
    return _case(f"the commands of the requirement, in turn ({program})", starts)


def usage_again(text: str, program: str) -> Case | None:
    """The commands once more: the first with a name that it had, or a third number, the others twice.

    None where nothing is left to tell.

    Whether amounts add up, an entry is overwritten or stands there twice, is what readings differ in.

    >>> case = usage_again("Commands are 'add NAME QUANTITY' and 'report'.", "main.py")
    >>> [" ".join(step.arguments) for step in case.steps]
    ['add pear 30', 'add apple 12', 'add pear 12', 'report']
    """
    forms = usage_forms(text)
    if not forms:
        return None
    _, first, others = _in_turn(forms)
    *_, one, another = entries(text)
    printing = printing_commands(text)
    shows = [form for form in others if len(form) == 1 and (form[0] in printing or not printing)]
    measured = len(first) > 1 and kind_of(first[1]) in ("number", "amount", "decimal", "date")
    once_more = filled(first, LATER, text) if measured else (*one[:2], *another[2:])
    starts = [*entries(text), once_more, *shows]
    for form in others:
        if len(form) > 1:
            turns = (1, 1, 0, *([LATER] if "date" in map(kind_of, form[1:]) else []))
            starts += [*(filled(form, turn, text, entry=first) for turn in turns), *shows]
    return _case(f"the commands of the requirement, again ({program})", starts)


_Forms = tuple[tuple[str, ...], ...]


def _in_turn(forms: _Forms) -> tuple[_Forms, tuple[str, ...], _Forms]:
    """Those that have to come first, the one that puts something in, the others. There must be a form.

    What is created by a name that another command takes is one of several, and puts something in.
    """
    opening = tuple(
        form
        for form in forms
        if form[0] in _OPENINGS
        and any(len(other) > 1 and other[0] not in _TAKES_OUT | _LOOKS_UP for other in forms if other != form)
        and (len({*form}) < len(form) or not any({*form[1:]} & {*other[1:]} for other in forms if other != form))
    )
    left = [form for form in forms if form not in opening]
    longer = [form for form in left if len(form) > 1]
    first = next(iter(longer), left[0])
    if first[0] in _LOOKS_UP:
        first = next((form for form in longer if form[0] in _PUTS_IN), first)
    return opening, first, tuple(form for form in left if form != first)


def _case(name: str, starts: list[tuple[str, ...]]) -> Case:
    files = {INPUT_FILE: _INPUT} if any(INPUT_FILE in start for start in starts) else {}
    return Case(name=name, files=files, steps=tuple(Step(arguments=start, exit_code=None) for start in starts))


def first_start_cases(text: str) -> tuple[Case, ...]:
    """Each command without arguments that prints something, alone in an empty directory, where it must not fail.

    None where the requirement itself says what becomes of a start with nothing there.

    >>> [case.name for case in first_start_cases("Commands are 'add TEXT' and 'list'. 'list' prints all.")]
    ['list, at the first start']
    """
    opening, _, _ = _in_turn(usage_forms(text)) if usage_forms(text) else ((), (), ())
    if opening or _NOTHING_THERE.search(text):
        return ()
    shows = [
        form[0]
        for form in usage_forms(text)
        if len(form) == 1 and form[0] in printing_commands(text) and not _OF_SEVERAL.search(form[0])
    ]
    return tuple(
        Case(name=f"{show}, at the first start", steps=(Step(arguments=(show,), exit_code=None),)) for show in shows
    )


def printing_commands(text: str) -> frozenset[str]:
    """The commands of which a requirement says that they print something.

    >>> printing_commands("The commands are 'add TEXT' and 'list'. 'list' shows all. 'add' prints nothing.")
    frozenset({'list'})
    """
    forms = usage_forms(text)
    if _ALL_PRINT.search(text):
        return frozenset(form[0] for form in forms)
    return frozenset(
        name
        for name in (form[0] for form in forms)
        if re.search(_PRINTING.format(re.escape(name)), text)
        or (name[0] >= "\u4e00" and re.search(rf"(?<!['\"‘“「]){name}[^'\"‘“「，。；;]*{_SAYS}", text))
    )


_ALL_PRINT = re.compile(
    r"\b(?:both|each|all)(?: (?:commands|of them))? (?:then )?prints?\b(?! nothing)"
    r"|[都均](?:打印|输出)|每[次个](?:命令)?后?都?(?:打印|输出)",
    re.IGNORECASE,
)


_QUOTED_WORD = re.compile(r"['\"`‘“「](?P<word>[a-z][a-z-]*|[\u4e00-\u9fff]{1,4})(?: [^'\"`’”」\n]+)?['\"`’”」]")
_BESIDE = re.compile(r"\s*(?:,|、|,? ?(?:and|or)|[和与或及])\s*")
_IN_SOME_CASE = re.compile(
    r"\b(?:if|when|whose|that|which|unless|only those|below|above|with|at least|more than)\b|如果|若|时", re.IGNORECASE
)
_FIRST_ONES = re.compile(rf"\s*(?:{QUOTES})(?:{_BESIDE.pattern}(?:{QUOTES}))*")
_ALL_OF_THEM = re.compile(
    r"\b(?:both|either|(?:all|each|any) (?:of (?:them|these|the)|(?:the |these |other )?commands|two|three|four))\b"
    r"|都|均",
    re.IGNORECASE,
)


def by_command(text: str, sentence: str) -> list[str]:
    """A sentence of `text` in the parts that begin with the commands it quotes, unless it speaks of all in the end.

    >>> text = "'add NAME' adds one, 'get NAME' or 'see NAME' exits with code 1 for an unknown name"
    >>> by_command(text, text)
    ["'add NAME' adds one, ", "'get NAME' or 'see NAME' exits with code 1 for an unknown name"]
    """
    known = {form[0] for form in usage_forms(text)}
    found = [each for each in _QUOTED_WORD.finditer(sentence) if each["word"] in known]
    if not found or _ALL_OF_THEM.search(sentence, found[-1].end()):
        return [sentence]
    first = [
        after.start()
        for before, after in pairwise(found)
        if not _BESIDE.fullmatch(sentence[before.end() : after.start()])
    ]
    return [sentence[start:end] for start, end in pairwise([0, *first, len(sentence)])]


@lru_cache(maxsize=256)
def said_of(text: str, command: str) -> str:
    """What a requirement says of one of its commands, and of none of them: the whole sentences and parts of sentences.

    >>> said_of("'show NAME' prints them as added, 'all' prints them sorted. It is kept in a.json.", "show")
    "'show NAME' prints them as added. It is kept in a.json."
    """
    known = {form[0] for form in usage_forms(text)}
    kept = []
    for part in (part for sentence in sentences_of(text) for part in by_command(text, sentence)):
        named = known.intersection(found["word"] for found in _QUOTED_WORD.finditer(part))
        if not named or command in named:
            kept.append(part.strip(" ,;，；"))
    return ". ".join(kept)


def always_printing(text: str) -> frozenset[str]:
    """The commands of which a requirement says that they print something, and names no case in which they do.

    >>> sorted(always_printing("'add N' and 'list' print the sum, 'find N' prints it if it is there. Kept in a.json."))
    ['add', 'list']
    """
    known = printing_commands(text)
    parts = (part for sentence in sentences_of(text) for part in by_command(text, sentence))
    named = (next((w for w in _QUOTED_WORD.finditer(part) if w["word"] in known), None) for part in parts)
    begun = (found.string[found.start() :] for found in named if found)
    first = (_FIRST_ONES.match(part) for part in begun if re.search(_SAYS, part) and not _IN_SOME_CASE.search(part))
    return known & {found["word"] for ones in first if ones for found in _QUOTED_WORD.finditer(ones[0])}


def quiet_commands(text: str) -> frozenset[str]:
    """The commands of which a requirement does not say that they print something, while it says so of others.

    >>> quiet_commands("The commands are 'add TEXT' and 'list'. 'list' shows all.")
    frozenset({'add'})
    """
    printing = printing_commands(text)
    return frozenset(form[0] for form in usage_forms(text)) - printing if printing else frozenset()
