"""A real browser without a screen, driven over WebDriver's own HTTP protocol, which needs no client library.

Protocol: https://www.w3.org/TR/webdriver2/
"""

import asyncio
import base64
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""The key under which WebDriver names elements."""
WAIT = """
const [condition, done] = arguments, holds = new Function("return " + condition);
const look = () => holds() ? done(true) : requestAnimationFrame(look);
look();
"""


def missing() -> str | None:
    """Why there is no browser; None where there is one."""
    absent = [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]
    return f"{' and '.join(absent)} not on this machine (Debian: chromium, chromium-driver)" if absent else None


@dataclass(frozen=True)
class Browser:
    """One window."""

    session: httpx2.AsyncClient

    async def command(self, path: str, **arguments: Any) -> Any:
        reply = (await self.session.post(path, json=arguments)).json()["value"]
        if isinstance(reply, dict) and "error" in reply:
            raise AssertionError(f"{reply['error']}: {reply['message'].splitlines()[0]}")
        return reply

    async def open(self, url: str) -> None:
        await self.command("url", url=url)

    async def run(self, script: str, *arguments: Any) -> Any:
        """What `script`, the body of a function, returns in the page."""
        return await self.command("execute/sync", script=script, args=arguments)

    async def until(self, condition: str) -> None:
        """Wait until a JavaScript expression holds."""
        await self.command("execute/async", script=WAIT, args=[condition])

    async def write(self, css: str, text: str) -> None:
        """Type into an element, as a person does."""
        await self.command(f"element/{await self._element(css)}/value", text=text)

    async def click(self, css: str) -> None:
        await self.command(f"element/{await self._element(css)}/click")

    async def screenshot(self, path: Path) -> None:
        reply = await self.session.get("screenshot")
        await asyncio.to_thread(path.write_bytes, base64.b64decode(reply.json()["value"]))

    async def _element(self, css: str) -> str:
        found: dict[str, str] = await self.command("element", using="css selector", value=css)
        return found[ELEMENT]


@asynccontextmanager
async def browsing(profile: Path, *, language: str, width: int, height: int) -> AsyncIterator[Browser]:
    """A browser with a new profile, a phone's screen of `width` x `height` CSS pixels, in `language`."""
    driver = await asyncio.create_subprocess_exec(
        "chromedriver", "--port=0", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        port = await driver_port(driver)
        flags = [*FLAGS, f"--user-data-dir={profile}", f"--lang={language}", f"--accept-lang={language}"]
        phone = {"deviceMetrics": {"width": width, "height": height, "pixelRatio": 2, "touch": False}}
        options = {"binary": shutil.which("chromium"), "args": flags, "mobileEmulation": phone}
        wanted = {"alwaysMatch": {"goog:chromeOptions": options, "timeouts": {"script": 30_000}}}
        base = f"http://127.0.0.1:{port}/session"
        async with httpx2.AsyncClient(timeout=60, trust_env=False) as client:
            made = (await client.post(base, json={"capabilities": wanted})).json()["value"]
            assert "sessionId" in made, made
            client.base_url = httpx2.URL(f"{base}/{made['sessionId']}/")
            try:
                yield Browser(client)
            finally:
                await client.delete(f"{base}/{made['sessionId']}")
    finally:
        driver.terminate()
        await driver.communicate()


async def driver_port(driver: asyncio.subprocess.Process) -> int:
    """Read it from the driver's first lines."""
    assert driver.stdout is not None
    async for line in driver.stdout:
        if b"started successfully on port" in line:
            return int(line.split()[-1].rstrip(b"."))
    raise AssertionError("chromedriver did not start")
