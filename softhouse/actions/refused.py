"""Inputs that a requirement says are refused, with the exit code that it states: trials with an expectation.

A small model writes the ordinary case and forgets the stated refusal more often than anything else, or it complains and
ends with 0. What the words leave open (a malformed text, a name that is in use) is not made up.

>>> case, *_ = refused_cases("Commands are 'add TEXT' and 'delete N'. An unknown N exits with code 1.", "main.py", ())
>>> [(" ".join(step.arguments), step.exit_code) for step in case.steps]
[('add pear', None), ('add apple', None), ('delete 99', 1)]
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

from softhouse.actions.arguments import stated_arguments
from softhouse.actions.placeholders import filled, is_plain, kind_of
from softhouse.actions.sentences import sentences_of
from softhouse.actions.stated import stated_exit
from softhouse.actions.usage import by_command, entries, usage_forms
from softhouse.environment.documents import Case, Step

MISSING_FILE = "missing.txt"
NOWHERE = "zyxw"
"""A text that is in no file."""
_UNKNOWN = re.compile(
    r"\b(?:unknown|missing|non-?existent|no such|not found|out of range)\b"
    r"|\b(?:do|does|did|is|are)(?: not|n't) (?:exist|there|known|found|in)\b"
    r"|\b(?:larger|greater|higher) than the (?:number|count|length)\b"
    r"|不存在|未知|找不到|超出范围|没有(?:这个|该|此)|(?:大于|超过|超出)[^,，。；;]{0,8}(?:数量|总数|个数|条数)",
    re.IGNORECASE,
)
_LARGER = re.compile(r"\b(?:larger|greater|higher) than\b|大于|超过|超出", re.IGNORECASE)
_NO_MATCH = re.compile(
    r"\bno (?:such )?(?:\w+ )?(?:file|line|entry|word|name|row|item|match)s?"
    r" (?:match(?:es)?|contains?|(?:is|are|was) found)"
    r"|\bnothing (?:matches|is found)\b|没有(?:匹配|找到|符合)",
    re.IGNORECASE,
)
_TOO_MUCH = re.compile(
    r"\bmore than (?:there|the|it|is|are|what|was|they|in|available)\b|\bnot enough\b|\binsufficient\b"
    r"|\bexceeds? (?:the|what)\b"
    r"|(?:余额|库存|数量|剩余)不足|超过(?:余额|库存|现有|剩余|可用)",
    re.IGNORECASE,
)
_TWICE = re.compile(
    r"\balready\b(?! (?:above|below|over|under)\b)|\btwice\b|\bduplicates?\b|重复|已(?:经)?存在", re.IGNORECASE
)
_TAKEN_AGAIN = re.compile(r"\b(?:replac|overwrit|updat)\w+|换成|替换|覆盖|更新|累加", re.IGNORECASE)
"""What becomes of a second one that is not refused."""
_NO_NUMBER = re.compile(
    r"\b(?:not|isn't|aren't|non-)\s?(?:an? |one )?(?:\w+ )?(?:integers?|numbers?|numeric)\b"
    r"|\b(?:anything else|any other (?:input|argument|value))\b"
    r"|\binvalid (?:number|amount|integer)s?\b|(?:不是|非)[^。；;,，]{0,12}(?:整数|数字|数)",
    re.IGNORECASE,
)
_NOT_POSITIVE = re.compile(
    r"\bpositive\b|\bnegative\b|\bzero or (?:less|negative|below)\b|\bless than (?:1|one|zero|0)\b|正整数|正数|负数"
    r"|(?:小于|不大于|小于或?等于)\s*[0零]",
    re.IGNORECASE,
)
_MAY_BE_NEGATIVE = re.compile(
    r"\b(?:may|can|could|might) (?:also |both )?be (?:zero or |positive or )?negative|\bpossibly negative"
    r"|\bnegative (?:ones?|numbers?|values?) (?:are|is) (?:fine|allowed|ok)|可以?[是为]?负"
)
_ZERO_IS_FINE = re.compile(r"\bnon-?negative\b|\bnegative\b|非负|负数", re.IGNORECASE)
_RANGE = re.compile(r"(?<![\d.-])(\d+)\s*(?:to|and|through|-|–|到|至|~)\s*(\d+)(?!\d|[.-]\d)", re.IGNORECASE)
_PARITY = re.compile(r"\b(?:is|are) (even|odd)\b|是(偶|奇)数")
_OUTSIDE = re.compile(
    r"\b(?:anything else|any other (?:input|argument|value)|outside|out of (?:that |the |this )?range)\b"
    r"|超出|范围|之外",
    re.IGNORECASE,
)
_ELSE = re.compile(r"\b(?:anything else|any other (?:input|argument|value))\b|其他(?:输入|参数|情况)", re.IGNORECASE)
_A_DATE = re.compile(r"\bdates?\b|日期", re.IGNORECASE)
_NO_DATE = re.compile(
    r"\b(?:invalid|impossible|wrong)\b|\bn(?:ot|o) (?:an? )?(?:valid|real|existing|proper|such)\b|\bmalformed\b"
    r"|无效|不合法|不正确",
    re.IGNORECASE,
)
_A_FILE = re.compile(
    r"\.(?:txt|csv|json|log|ini)\b|\b(?:files?|director(?:y|ies)|folders?|paths?)\b|文件|目录|路径", re.IGNORECASE
)
_BY_ZERO = re.compile(r"\bdivi(?:sion|ding|de) by zero\b|除以零|除数为零|除零", re.IGNORECASE)
_MALFORMED = re.compile(
    r"\b(?:not|n't|invalid|malformed|wrong|bad|incorrect|ill-formed)\b[^.;'\"`]*\b(?:such as|like|e\.g\.|for example)"
    r",? (?P<mark>['\"`])(?P<sample>[^'\"`]+)(?P=mark)"
)
_NO_ROWS = re.compile(
    r"\bno (?:data )?(?:rows?|records?|entries) (?:below|after|under|besides|but)\b|\bonly (?:a|the) header\b"
)
_NOT_SQUARE = re.compile(r"\bnot (?:a )?square\b|不是(?:方阵|正方形)", re.IGNORECASE)
_NO_INPUT = re.compile(
    r"\b(?<!is )(?:no|without(?: any)?) (?:numbers?|words?|lines?|input|text)\b(?!['\"`’”])"
    r"|\bempty (?:standard )?input\b|没有任何|输入为空",
    re.IGNORECASE,
)
_OTHER_COMMAND = re.compile(
    r"\b(?:unknown|other|unrecogni[sz]ed|invalid) (?:sub)?commands?\b|(?:未知|其他|其它|无效)的?命令", re.IGNORECASE
)
_OPTION = re.compile(r"\boption\b|['\"`‘“\[]--?[a-z]|选项", re.IGNORECASE)
"""What a number may belong to that is no argument."""
_PUTS_IN = frozenset({"add", "append", "create", "insert", "new", "put", "record", "register", "set"})
_INTEGER = re.compile(r"-?\d+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_CALCULATION = re.compile(r"[\d.()\s]*\d\s*[-+*/]\s*[\d.()\s+*/-]+")
_SAMPLE = re.compile(
    r"(?:\bsuch as|\blike|\be\.g\.|\bfor (?:example|instance)|例如|比如)"
    r"[,，:：]?\s*['\"`‘“]?(?P<sample>[^\s'\"`’”,;，。；]+)",
    re.IGNORECASE,
)
_TOO_MANY = "9999"
_UNKNOWN_NUMBERS = ("99", "0")
_NO_SUCH_DATE = "2023-02-30"


def refused_cases(text: str, program: str, ordinary: Sequence[Case]) -> tuple[Case, ...]:
    """The inputs that `text` says are refused; `ordinary` are starts of the program that one argument is changed of."""
    cases: list[Case] = []
    for part in sentences_of(text):
        for sentence, code in _with_codes(text, part):
            starts = _by_commands(text, sentence) if usage_forms(text) else _by_arguments(text, sentence, ordinary)
            for files, before, refused in starts:
                steps = (*before, refused.model_copy(update={"exit_code": code}))
                name = " ".join(["python", program, *refused.arguments])
                cases.append(Case(name=f"{name} (refused)", files=files, steps=steps))
    return tuple({case.name: case for case in cases}.values())


def _with_codes(text: str, sentence: str) -> Iterator[tuple[str, int]]:
    """The parts of a sentence that state an exit code each: the whole sentence where the requirement has just one.

    >>> text = "A missing file prints 'gone' and exits with code 2, a bad line prints 'bad' and exits with code 3."
    >>> [code for _, code in _with_codes(text, text)]
    [2, 3]
    """
    if len({*_CODES.findall(text)}) < 2:
        if code := stated_exit(sentence):
            yield sentence, code
        return
    part = ""
    for clause in _CLAUSES.split(sentence):
        part = f"{part}, {clause}" if part else clause
        if code := stated_exit(part):
            yield part, code
            part = ""


_CODES = re.compile(r"(?:\b(?:code|status|with|is)|退出码(?:为|是)?) ?([1-9])\b")
_CLAUSES = re.compile(r",\s*(?:and\s+|or\s+)?|\s+and (?=an?\b)|，|、")
_Refused = tuple[dict[str, str], tuple[Step, ...], Step]
"""Files, what was started before, and the start that is refused."""


def _by_commands(text: str, sentence: str) -> Iterator[_Refused]:
    before = tuple(Step(arguments=start, exit_code=None) for start in entries(text))
    if _OTHER_COMMAND.search(sentence):
        yield {}, before, Step(arguments=(NOWHERE,))
        return
    for part in by_command(text, sentence):
        for arguments in _refused_commands(text, part):
            yield {}, before, Step(arguments=arguments)


def _refused_commands(text: str, sentence: str) -> Iterator[tuple[str, ...]]:
    forms, put_in = usage_forms(text), entries(text)
    inside = {start[0] for start in put_in}
    named = _meant(sentence, (form[0] for form in forms))
    meant = [form for form in forms if form[0] in named]
    spoken_of = [form for form in forms if _speaks_of(sentence, form)]
    others = [form for form in spoken_of if form[0] not in inside | _PUTS_IN]
    if any(kind.search(sentence) for kind in (_NO_NUMBER, _NOT_POSITIVE, _NO_DATE)):
        others = spoken_of if _A_DATE.search(sentence) else others or spoken_of
    for form in meant or others:
        shared = any(other[1:2] == form[1:2] for other in forms if other != form)
        shared = shared or not re.search(rf"['\"`‘“「]{re.escape(form[0])}\b", sentence)
        yield from _wrong_fillings(text, form, sentence, first=form[0] == put_in[-1][0], shared=shared)


_KIND_WORDS = {"number": ("number", "编号", "序号"), "date": ("date", "日期")}


def _speaks_of(sentence: str, form: tuple[str, ...]) -> bool:
    """Whether a sentence speaks of what a command is given: of an `unknown name`, where it is `remove NAME`."""
    names = [placeholder.strip("<>").casefold() for placeholder in form[1:]]
    words = (word for placeholder in form[1:] for word in _KIND_WORDS.get(kind_of(placeholder), ()))
    return any(re.search(rf"(?<![a-z]){re.escape(name)}s?(?![a-z])", sentence.casefold()) for name in (*names, *words))


_NEEDS_A_FILE = re.compile(
    r"\.(?:txt|csv|ini|log)\b[^.;]{0,30}\b(?:holds?|has|contains?)\b|\.(?:txt|csv)[^。；;]{0,10}(?:有|包含)"
)
"""A file that has to be there before any command."""
_TOO_FEW = re.compile(
    r"\b(?:fewer|less) than (?:two|2)\b|\bwith nothing\b|\b(?:is|are|list|file) empty\b|\bempty (?:list|file)\b"
    r"|(?:少于|不足)[两二2]|为空|空的",
    re.IGNORECASE,
)
"""What is not so once two things were put in, where one command is spoken of."""


@lru_cache(maxsize=64)
def doubted_commands(text: str) -> frozenset[str]:
    """The commands that may be refused for something that no rule here knows, so that any start of them may be.

    A sentence that names none may mean all; and what an unusual placeholder stands for is a guess.

    >>> doubted_commands("Commands are 'encode TEXT' and 'decode TEXT'. What can't be decoded exits with code 1.")
    frozenset({'decode'})
    >>> doubted_commands("'add KG' stores it, 'change' prints it. With fewer than two 'change' exits with code 1.")
    frozenset()
    """
    kinds = (_UNKNOWN, _TOO_MUCH, _TWICE, _NO_NUMBER, _NOT_POSITIVE, _OTHER_COMMAND)
    unknown = [
        sentence
        for sentence in sentences_of(text)
        if stated_exit(sentence)
        and not any(kind.search(sentence) for kind in kinds)
        and not (_A_DATE.search(sentence) and _NO_DATE.search(sentence))
    ]
    forms = usage_forms(text)
    commands = frozenset(form[0] for form in forms)
    meant = [
        frozenset() if _TOO_FEW.search(sentence) and len(found) == 1 else found or commands
        for sentence in unknown
        for found in [_meant(sentence, commands)]
    ]
    if _NEEDS_A_FILE.search(text):
        return commands
    guessed = frozenset(form[0] for form in forms if not all(map(is_plain, form[1:])))
    return guessed.union(*meant)


def _meant(sentence: str, commands: Iterable[str]) -> frozenset[str]:
    """The commands that a sentence names: in quotes, or, where it quotes none of them, as verbs.

    >>> sorted(_meant("'show' with an unknown recipe exits with code 1", ["show", "with"]))
    ['show']
    """
    commands = frozenset(commands)
    quoted = {each for each in commands if re.search(rf"['\"`‘“「]{re.escape(each)}\b", sentence)}
    return frozenset(quoted or {each for each in commands if _means(sentence, each)})


def _means(sentence: str, command: str) -> bool:
    """Whether a sentence has a command as a verb: `Removing`, `withdraws`."""
    stem = re.escape(command.removesuffix("e"))
    ending = rf"(?:{re.escape(command[-1])}?ing|e?s|e?d|e)?"
    return bool(re.search(rf"{_NO_NOUN}(?<![A-Za-z-]){stem}{ending}(?![A-Za-z-])", sentence, re.IGNORECASE))


_NO_NOUN = "".join(rf"(?<!\b{word} )" for word in ("a", "an", "the", "unknown", "no", "such", "each", "every"))
"""Not behind a word that makes a noun of the next one."""


def _wrong_fillings(
    text: str, form: tuple[str, ...], sentence: str, *, first: bool, shared: bool
) -> Iterator[tuple[str, ...]]:
    """Ways to fill in a command that are refused; `first`: it is the one that puts something in.

    `shared`: another command takes what it takes first, or the sentence does not name it, so that it makes it known.
    """
    right = filled(form, 0, text)
    kinds = [kind_of(placeholder) for placeholder in form[1:]]
    numbers = [place for place, kind in enumerate(kinds, 1) if kind == "number"]
    amounts = [place for place, kind in enumerate(kinds, 1) if kind in ("amount", "decimal")]

    def changed(place: int, value: str) -> tuple[str, ...]:
        return (*right[:place], value, *right[place + 1 :])

    if _UNKNOWN.search(sentence) and len(form) > 1 and not (first and (amounts or shared)):
        unknown = _UNKNOWN_NUMBERS[:1] if _LARGER.search(sentence) else _UNKNOWN_NUMBERS
        texts = [place for place, kind in enumerate(kinds, 1) if kind in ("text", "more text")]
        meant = [place for place in texts if _speaks_of(sentence, (form[0], form[place]))]
        if meant or (not numbers and texts[:1] == [1]):
            yield changed((*meant, 1)[0], NOWHERE)
        else:
            yield from (changed(place, value) for place in numbers[:1] for value in unknown)
    if _TOO_MUCH.search(sentence) and (amounts or numbers) and not first:
        yield changed((*amounts, *numbers)[0], _TOO_MANY)
    again = _TWICE.search(re.sub(r"(?<!\w)'[^']*'|\"[^\"]*\"|“[^”]*”", "", sentence))
    if again and first and not _TAKEN_AGAIN.search(sentence):
        yield right
    if _NO_NUMBER.search(sentence):
        yield from (changed(place, "abc") for place in (*numbers, *amounts)[:1])
    if _NOT_POSITIVE.search(sentence) and (amounts or numbers):
        yield changed((*amounts, *numbers)[0], "-5")
    if _NO_DATE.search(sentence) and _A_DATE.search(sentence) and "date" in kinds:
        yield changed(kinds.index("date") + 1, _NO_SUCH_DATE)


def _by_arguments(text: str, sentence: str, ordinary: Sequence[Case]) -> Iterator[_Refused]:
    single = [case for case in ordinary if len(case.steps) == 1]

    def with_another(fits: Callable[[Case, str], bool], *values: str) -> Iterator[_Refused]:
        for case in single:
            step = case.steps[0]
            if places := [place for place, argument in enumerate(step.arguments) if fits(case, argument)]:
                for value in values:
                    arguments = (*step.arguments[: places[0]], value, *step.arguments[places[0] + 1 :])
                    yield case.files, (), Step(arguments=arguments, stdin=step.stdin)
                return

    if _UNKNOWN.search(sentence) and _A_FILE.search(sentence):
        yield from with_another(_is_laid_out, MISSING_FILE)
    elif _UNKNOWN.search(sentence) or _NO_MATCH.search(sentence):
        yield from with_another(_is_looked_up, NOWHERE)
    if (values := _no_numbers(text, sentence)) and not _OPTION.search(text):
        alike = [each.kind for each in stated_arguments(text)] == ["number"]
        yield from with_another(_is_a_number if alike else _is_the_number, *values)
    if _ELSE.search(sentence) and not any(map(_INTEGER.fullmatch, _single_arguments(single))):
        yield from with_another(lambda case, argument: case.steps[0].arguments == (argument,), NOWHERE)
    if _A_DATE.search(sentence) and (_UNKNOWN.search(sentence) or _NO_DATE.search(sentence)):
        yield from with_another(lambda _, argument: bool(_DATE.fullmatch(argument)), _NO_SUCH_DATE)
    if _BY_ZERO.search(sentence):
        yield from with_another(lambda _, argument: bool(_CALCULATION.fullmatch(argument)), "1 / 0")
    if shown := _SAMPLE.search(sentence):
        shape = _shape(shown["sample"])
        yield from with_another(lambda _, argument: _shape(argument) == shape, shown["sample"])
    if shown := _MALFORMED.search(sentence):
        yield from with_another(lambda case, argument: case.steps[0].arguments == (argument,), shown["sample"])
    if _NO_ROWS.search(sentence):
        for case in single:
            table = next((n for n in case.steps[0].arguments if "," in case.files.get(n, "").partition("\n")[0]), "")
            if table:
                heading = case.files[table].partition("\n")[0]
                yield {**case.files, table: f"{heading}\n"}, (), case.steps[0]
                break
    if _NOT_SQUARE.search(sentence):
        for case in single:
            rows = case.steps[0].stdin.split("\n")[:-1]
            if len(rows) > 1 and len({len(row.split()) for row in rows}) == 1 != len(rows) / len(rows[0].split()):
                yield case.files, (), case.steps[0]
                break
    if _NO_INPUT.search(sentence):
        for case in single[:1]:
            if case.steps[0].stdin:
                yield case.files, (), Step(arguments=case.steps[0].arguments)


def _single_arguments(cases: Sequence[Case]) -> list[str]:
    """The arguments of the starts that have just one."""
    return [case.steps[0].arguments[0] for case in cases if len(case.steps[0].arguments) == 1]


def _is_laid_out(case: Case, argument: str) -> bool:
    """Whether an argument is a file of a case, or a directory."""
    return argument in case.files or any(name.startswith(f"{argument.rstrip('/')}/") for name in case.files)


def _shape(argument: str) -> str:
    """What an argument looks like: digits and letters are all alike."""
    return re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", argument))


def _is_looked_up(case: Case, argument: str) -> bool:
    """Whether an argument is something that stands in a file of a case, or in a file's name."""
    known = (*case.files, *case.files.values())
    return not _is_laid_out(case, argument) and any(argument.casefold() in each.casefold() for each in known)


def _is_a_number(_: Case, argument: str) -> bool:
    return bool(_INTEGER.fullmatch(argument))


def _is_the_number(case: Case, argument: str) -> bool:
    """Whether an argument is a number, and the only one: of several, the words may mean another one."""
    numbers = [each for each in case.steps[0].arguments if _INTEGER.fullmatch(each)]
    return numbers == [argument]


def _no_numbers(text: str, sentence: str) -> list[str]:
    """What stands where a number should, by what a sentence refuses."""
    sentence = _MAY_BE_NEGATIVE.sub("", sentence)
    values = ["abc"] if _NO_NUMBER.search(sentence) else []
    if parity := _PARITY.search(sentence):
        values.append("4" if {parity[1], parity[2]} & {"even", "偶"} else "3")
    if _NOT_POSITIVE.search(sentence):
        values += ["-3"] if _ZERO_IS_FINE.search(sentence) else ["0", "-3"]
    if (found := _RANGE.search(text)) and (found[0] in sentence or _OUTSIDE.search(sentence)):
        values += [str(int(found[1]) - 1), str(int(found[2]) + 1)]
    return list(dict.fromkeys(values))
