"""Who may ask: whoever has the key; without one, programs and pages of this machine."""

import hmac
import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from softhouse.serve.refusals import RefusalError

OPEN = ("/", "/health")
"""What is shown to everybody: the page itself, and whether the server is alive."""


def is_loopback(host: str) -> bool:
    """Whether `host`, a name or an address, can only be reached from this machine.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("0.0.0.0"), is_loopback("example.org")
    (True, True, False, False)
    """
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Access:
    """Lets a request through to `app`, or answers it with 401 or 403.

    With no key a server is on loopback, where any website that the user visits could still send requests to it (and,
    by having its own name point here, read the answers): so host and origin must be this machine's.
    """

    def __init__(self, app: ASGIApp, key: str | None) -> None:
        self._app = app
        self._key = None if key is None else key.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        if refusal is None:
            await self._app(scope, receive, send)
        else:
            await JSONResponse(refusal.body(), refusal.status, refusal.headers)(scope, receive, send)

    def _refusal(self, scope: Scope) -> RefusalError | None:
        headers = Headers(scope=scope)
        if self._key is None:
            origin = headers.get("origin")
            named = [f"//{headers.get('host', '')}", *([] if origin is None else [origin])]
            if all(is_loopback(host_of(url)) for url in named):
                return None
            return RefusalError(403, "this server has no key and answers only programs and pages of its own machine")
        if scope["path"] in OPEN:
            return None
        kind, _, given = headers.get("authorization", "").partition(" ")
        if not given or kind.lower() != "bearer":
            return RefusalError(
                401, "there is no API key; send it as: Authorization: Bearer KEY", code="invalid_api_key"
            )
        if not hmac.compare_digest(given.strip().encode(), self._key):
            return RefusalError(401, "the API key is wrong", code="invalid_api_key")
        return None


def host_of(url: str) -> str:
    """
    >>> host_of("http://localhost:8000"), host_of("//[::1]:80"), host_of("null")
    ('localhost', '::1', '')
    """
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
