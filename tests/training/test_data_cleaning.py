"""What is cut off and replaced in a document, and what stays as it is."""

import pytest

from softhouse.training.data.cleaning import cleaned
from softhouse.training.data.document import Drop
from softhouse.training.data.encoding import decoded
from softhouse.training.data.markup import text_of_html
from softhouse.training.data.redaction import redacted


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("héllo wörld".encode(), "héllo wörld\n"),
        (b"\xef\xbb\xbfhello", "hello\n"),
        ("héllo wörld".encode("latin-1"), "héllo wörld\n"),
        ("# -*- coding: koi8-r -*-\n# Привет, мир".encode("koi8-r"), "# -*- coding: koi8-r -*-\n# Привет, мир\n"),
        ("编写一个命令行程序。".encode("gbk"), "编写一个命令行程序。\n"),
        ("hello".encode("utf-16"), "hello\n"),
        (b"a\r\nb\rc  \n\n\n\n\n\nd", "a\nb\nc\n\n\nd\n"),
        ("cafe\u0301 \u200b\u202eok\u00a0x", "café  okx\n".replace("  ok", " ok").replace("okx", "ok x")),
        ("It wonâ€™t break, cafÃ©".encode(), "It won’t break, café\n"),
        ("\ud800 a lone surrogate in a long enough text, which is taken out of it and all is well", None),
    ],
)
def test_any_encoding_becomes_one_form(content: bytes | str, text: str | None) -> None:
    result = decoded(content)
    assert isinstance(result, str)
    if text is not None:
        assert result == text
    result.encode("utf-8")


def test_binary_data_is_no_text() -> None:
    assert isinstance(decoded(b"PK\x03\x04\x00\x00\x08"), Drop)
    assert isinstance(decoded(bytes(range(128, 160)) * 20), Drop)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("mail jo@example.org or <a.b+c@mail.example.co.uk>.", "mail <EMAIL> or <EMAIL>."),
        ("write to jo [at] example [dot] org today", "write to <EMAIL> today"),
        ("AKIAIOSFODNN7ABCDEFG", "<SECRET>"),
        (f"ghp_{'a1B2' * 9}", "<SECRET>"),
        ("sk-proj-Abcdefghijklmnop0123456789", "<SECRET>"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA7\n-----END RSA PRIVATE KEY-----", "<SECRET>"),
        ("postgres://admin:s3cretpw@db.internal/notes", "postgres://admin:<SECRET>@db.internal/notes"),
        ("DB_PASSWORD=Tr0ub4dor3\n", "DB_PASSWORD=<SECRET>\n"),
        ("Authorization: Bearer abcdef0123456789abcdef0123456789", "Authorization: Bearer <SECRET>"),
    ],
)
def test_secrets_and_addresses_are_replaced_in_prose(text: str, clean: str) -> None:
    assert redacted(text, code=False)[0] == clean


@pytest.mark.parametrize(
    ("code", "clean"),
    [
        ('password = "hunter2!"', 'password = "<SECRET>"'),
        ('API_KEY: str = "a8f5f167f44f4964e6c998dee827110c"', 'API_KEY: str = "<SECRET>"'),
        ("headers = {'x-token': 'q8Zx71LmN0pQ22'}", "headers = {'x-token': '<SECRET>'}"),
        ('__author__ = "Jo <jo@company.io>"', '__author__ = "Jo <EMAIL>"'),
    ],
)
def test_secrets_and_addresses_are_replaced_in_code(code: str, clean: str) -> None:
    assert redacted(code, code=True) == (clean, 1)


@pytest.mark.parametrize(
    "code",
    [
        "y = W@x.T + a@b.grad",
        "token = get_token(session)",
        'password = "your-password"',
        'password = "password"',
        'tokenizer_class = "LlamaTokenizerFast2"',
        "@app.route('/login')",
        'key = os.environ["API_KEY"]',
        'secret = f"{prefix}-{number}"',
        "max_tokens: Omit | int = omit,",
    ],
)
def test_code_that_only_looks_like_a_secret_stays(code: str) -> None:
    assert redacted(code, code=True) == (code, 0)


def test_a_legal_header_is_cut_off_and_other_comments_stay() -> None:
    header = (
        "#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\n#\n# Copyright 2020 Jo\n# Licensed under the MIT License.\n\n"
    )
    assert cleaned(header + "import os\n", "python", strip=True) == (
        "#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\nimport os\n"
    )
    about = "# Reads notes.\n# One a line.\n\nimport os\n"
    assert cleaned(about, "python", strip=True) == about
    assert cleaned("/* Copyright (c) 2001 Jo */\nint x;\n", "c", strip=True) == "int x;\n"
    assert cleaned(header, "python", strip=False) == header


def test_markdown_loses_badges_and_comments() -> None:
    page = "---\ntitle: x\n---\n<!-- hidden -->\n# Tea\n\n[![CI](https://ci/b.svg)](https://ci)\n\nBoil water.\n"
    assert cleaned(page, "markdown", strip=True) == "# Tea\n\nBoil water.\n"


def test_html_becomes_what_a_reader_reads() -> None:
    page = """<html><head><title>T</title><style>p{}</style></head><body><nav><a href=/>Home</a></nav>
    <div class="sphinxsidebar"><p>Contents</p></div><h2>Tea &amp; more</h2><p>Boil
    <b>water</b>.<br>Wait.</p><pre>x = 1
    if x:</pre><script>track()</script><ul><li>one<li>two</ul><footer>All rights reserved</footer></body></html>"""
    assert text_of_html(page) == ("## Tea & more\n\nBoil water.\nWait.\n\nx = 1\n    if x:\n\n- one\n- two\n")
