"""The page to chat with: one file, nothing fetched from elsewhere, and a browser that is told so."""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path


@cache
def page() -> str:
    """The HTML.

    >>> page().startswith("<!doctype html>")
    True
    """
    return (Path(__file__).parent / "page.html").read_text(encoding="utf-8")


def headers() -> dict[str, str]:
    """The page's HTTP headers: only its own script runs, whatever a model may write into it.

    Format: https://www.w3.org/TR/CSP3/#grammardef-hash-source
    """
    found = re.search(r"<script>(.*?)</script>", page(), re.DOTALL)
    assert found is not None
    digest = base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()
    policy = (
        "default-src 'none'",
        "connect-src 'self'",
        f"script-src 'sha256-{digest}'",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
    return {
        "Content-Security-Policy": "; ".join(policy),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-cache",
    }
