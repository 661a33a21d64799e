import pytest

from softhouse.llm_backends.code_blocks import code_blocks, extract_code, parses

CODE = "import sys\n\nprint(sys.argv)\n"

REPLIES = {
    "fence": f"```python\n{CODE}```",
    "short tag": f"```py\n{CODE}```",
    "tag with a file name": f"```python main.py\n{CODE}```",
    "no tag": f"```\n{CODE}```",
    "prose around": f"Here is the program:\n\n```python\n{CODE}```\n\nRun it with `python main.py`.",
    "no fence": CODE,
    "no fence, prose before": f"Here is the program:\n\n{CODE}",
    "no fence, prose around": f"Here is the program:\n\n{CODE}\nIt prints its arguments, as asked.",
    "not closed": f"```python\n{CODE}",
    "tildes": f"~~~python\n{CODE}~~~",
    "indented": f"1. First:\n   ```python\n{CODE}   ```",
    "four ticks around three": f"````python\n{CODE}````",
    "only closed": f"{CODE}```\n",
    "a shell block first": f"```bash\npip install nothing-at-all-but-a-long-line-of-it\n```\n```python\n{CODE}```",
    "an example after it": f"```python\n{CODE}```\nFor example:\n```python\nprint(1)\n```",
    "a broken draft before it": f"```python\nimport sys\n\nprint(sys.argv[1:], se=\n```\nSo:\n```python\n{CODE}```",
    "carriage returns": f"```python\n{CODE}```".replace("\n", "\r\n"),
    "blank lines around": f"```python\n\n\n{CODE}\n\n```",
}


@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES.keys())
def test_the_code_is_found(reply: str) -> None:
    assert extract_code(reply).replace("\r\n", "\n") == CODE


@pytest.mark.parametrize("reply", ["", "I am sorry, I cannot do that.", "```bash\nls\n```", "```\n\n```"])
def test_where_there_is_no_code_there_is_none(reply: str) -> None:
    assert extract_code(reply) == ""


def test_broken_code_is_handed_on_for_its_error_to_be_seen() -> None:
    assert extract_code("```python\nprint(\n```") == "print(\n"


def test_a_fence_inside_a_string_does_not_end_the_block() -> None:
    code = 'HELP = """\n    ```python\n    x\n    ```\n"""\n'
    assert extract_code(f"```python\n{code}```") == code


def test_other_languages() -> None:
    reply = "```html\n<p>1</p>\n```\n```js\nlet a = 1;\n```"
    assert extract_code(reply, "javascript") == "let a = 1;\n"
    assert extract_code("let a = 1;", "javascript") == "let a = 1;\n"


def test_blocks_know_whether_they_were_closed() -> None:
    blocks = code_blocks("```python\na\n```\ntext\n```\nb\n")
    assert [(block.language, block.code, block.closed) for block in blocks] == [
        ("python", "a\n", True),
        ("", "b\n", False),
    ]


@pytest.mark.parametrize("code", ["'\\d'", "x = 1 if 1is 1 else 2"])
def test_a_warning_is_no_syntax_error(code: str) -> None:
    assert parses(code)


@pytest.mark.parametrize("code", ["\x00", "(" * 5000, "-" * 200_000, "x" + ".x" * 100_000, "def f(:"])
def test_what_python_cannot_take_does_not_parse(code: str) -> None:
    assert not parses(code)
