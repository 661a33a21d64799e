"""An estimate of tokens, for backends whose tokenizer is not at hand."""

_DIGITS = "0123456789"


def estimate_tokens(text: str) -> int:
    """A generous estimate of how many tokens `text` has: budgets reserve it, so it must rather be too high.

    Byte-pair vocabularies give English and code 3 to 4.5 characters a token, digits often one token each, and Chinese
    characters (3 bytes in UTF-8) about one.

    >>> estimate_tokens("print the prime factors"), estimate_tokens("打印质因数"), estimate_tokens("1234")
    (10, 6, 5)
    """
    digits = sum(map(text.count, _DIGITS))
    beyond_ascii = 0 if text.isascii() else len(text.encode(errors="replace")) - len(text)
    plain = len(text) - digits - beyond_ascii // 2
    return 1 + digits + (beyond_ascii + 1) // 2 + max(0, plain) * 2 // 5
