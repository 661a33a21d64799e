"""The page to chat with, in a real browser at a phone's width."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from softhouse.serve.page import page

from . import browser
from .browser import Browser
from .conftest import Serve
from .served import Dripping

pytestmark = pytest.mark.skipif(browser.missing() is not None, reason=browser.missing() or "")

WIDTH, HEIGHT = 375, 667
ATTACK = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
CODE = f"Here is `code` for you:\\n```python\\nprint('{'long ' * 40}')\\nif a < b: pass\\n```\\nThat was it. {ATTACK}"
LAST = "document.querySelector('.turn:last-child')"
DONE = "!document.querySelector('#send').hidden && document.querySelector('.assistant .note').textContent"
Open = Callable[..., Awaitable[Browser]]


class Answering(Dripping):
    """Answers with what it was asked, `\\n` in it being a new line: a browser's text field would send at a real one."""

    def __init__(self) -> None:
        super().__init__(parallel=2)
        self._answer = lambda request: request.messages[-1].content.replace("\\n", "\n")


@pytest.fixture
async def open_page(tmp_path: Path) -> AsyncIterator[Open]:
    async with AsyncExitStack() as stack:

        async def start(url: str, language: str = "en-US") -> Browser:
            window = await stack.enter_async_context(
                browser.browsing(tmp_path / "profile", language=language, width=WIDTH, height=HEIGHT)
            )
            await window.open(url)
            return window

        yield start


async def test_an_answer_streams_into_the_page_and_nothing_in_it_is_run(serve: Serve, open_page: Open) -> None:
    served = await serve(Answering())
    window = await open_page(served.url)
    await window.until("document.title === 'python'")

    await window.write("#prompt", CODE + "\ue007")
    await window.until(DONE)

    shown = await window.run(f"return [...{LAST}.querySelectorAll('pre code')].map((code) => code.textContent)")
    assert shown == ["print('" + "long " * 40 + "')\nif a < b: pass"]
    text = await window.run(f"return [...{LAST}.querySelectorAll('.text')].map((part) => part.textContent)")
    assert text == ["Here is code for you:", f"That was it. {ATTACK}"]
    assert await window.run(f"return {LAST}.querySelector('.text code').textContent") == "code"
    assert await window.run("return [document.title, document.querySelectorAll('main img, main script').length]") == [
        "python",
        0,
    ]
    assert "tokens/s" in await window.run(f"return {LAST}.querySelector('.note').textContent")
    # A phone must not have to scroll sideways, however long a line of code is.
    assert await window.run("return [innerWidth, document.documentElement.scrollWidth]") == [WIDTH, WIDTH]
    if folder := os.environ.get("SOFTHOUSE_SCREENSHOTS"):
        await window.screenshot(Path(folder) / "page.png")


async def test_the_stop_button_frees_the_model_and_the_talk_goes_on(serve: Serve, open_page: Open) -> None:
    backend = Answering()
    served = await serve(backend)
    window = await open_page(served.url)

    await window.write("#prompt", "endless talk\ue007")
    await window.until(f"{LAST}.textContent.includes('endless talk')")
    await window.click("#stop")
    await window.until(DONE)
    await served.until(busy=0)
    await window.write("#prompt", "go on\ue007")
    await window.until(f"{LAST}.textContent.startsWith('go on')")

    assert backend.cancelled == 1
    assert "Stopped." in await window.run("return document.querySelector('.assistant .note').textContent")
    said = [(message.role, message.content) for message in backend.requests[-1].messages]
    assert said == [("user", "endless talk"), ("assistant", "endless talk"), ("user", "go on")]


async def test_it_speaks_chinese_and_asks_for_the_key(serve: Serve, open_page: Open) -> None:
    served = await serve(Answering(), key="sk-1")
    window = await open_page(served.url, "zh-CN")
    await window.until("!document.querySelector('#key').hidden")
    assert await window.run("return [document.documentElement.lang, document.querySelector('#hello').textContent]") == [
        "zh-CN",
        "此服务器需要 API 密钥。",
    ]

    await window.write("#secret", "sk-1\ue007")
    await window.until("document.querySelector('#key').hidden")
    await window.write("#prompt", "你好,世界\ue007")
    await window.until(DONE)

    assert await window.run("return document.querySelector('#send').textContent") == "发送"
    assert await window.run(f"return {LAST}.querySelector('.text').textContent") == "你好,世界"
    if folder := os.environ.get("SOFTHOUSE_SCREENSHOTS"):
        await window.screenshot(Path(folder) / "page_zh.png")


async def test_a_server_that_is_gone_is_said_and_the_question_is_kept(open_page: Open) -> None:
    from .served import serving

    async with serving(Answering()) as served:
        window = await open_page(served.url)
        await window.until("document.title === 'python'")
    async with asyncio.timeout(30):
        await window.write("#prompt", "anybody?\ue007")
        await window.until(DONE)

    assert "The server is not there." in await window.run(f"return {LAST}.textContent")
    assert await window.run("return document.querySelector('#prompt').value") == "anybody?"


def test_nothing_is_fetched_from_elsewhere_and_no_markup_is_made_of_text() -> None:
    assert not [
        word for word in ("http:", "https:", "innerHTML", "insertAdjacentHTML", "document.write") if word in page()
    ]
