"""A canary for a key: afterwards it lies nowhere that a run writes to, and no program of the sandbox saw it."""

import base64
import subprocess
from pathlib import Path

from softhouse.testing.loopback import LoopbackServer, unauthorized

from .conftest import KEY, House

CURIOUS = """
def look() -> None:
    import os

    print("environment:", dict(os.environ), file=sys.stderr)
    for process in ("self", "1"):
        try:
            with open(f"/proc/{process}/environ", "rb") as file:
                print("read:", file.read(), file=sys.stderr)
        except OSError as error:
            print("refused:", error, file=sys.stderr)


look()
"""
CANARIES = (KEY.encode(), base64.b64encode(KEY.encode()), base64.b64encode(f"Bearer {KEY}".encode()), KEY[3:].encode())


def places_with_the_key(folder: Path) -> list[str]:
    """Files below `folder` and git objects that hold it."""
    found = [str(path) for path in folder.rglob("*") if path.is_file() and holds_key(path.read_bytes())]
    for repository in folder.rglob(".git"):
        objects = ["git", "cat-file", "--batch", "--batch-all-objects"]
        unpacked = subprocess.run(objects, cwd=repository.parent, check=True, capture_output=True).stdout
        assert b"prd.json" in unpacked, "the objects were read"
        found += [str(repository)] * holds_key(unpacked)
    return found


def holds_key(content: bytes) -> bool:
    return any(canary in content for canary in CANARIES)


def test_the_key_is_nowhere_that_a_run_leaves_behind_and_the_sandbox_never_sees_it(house: House) -> None:
    house.model.prelude = CURIOUS
    with house.start(*house.new, "--json") as process:
        out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert set(house.server.keys) == {KEY}, "the model itself was asked with it"
    seen = [str(act.result) for act in house.journal().acts() if act.kind == "execution"]
    assert any("environment:" in text and "PATH" in text for text in seen), "the program did look"
    assert not holds_key(" ".join(seen).encode())
    assert not holds_key(out.encode() + err.encode() + str(house.server.requests).encode())
    assert places_with_the_key(house.folder) == []


def test_a_server_that_repeats_the_key_does_not_make_the_house_repeat_it(house: House) -> None:
    with LoopbackServer(unauthorized(KEY)) as careless:
        words = ("--model", "openai:loopback", "--base-url", careless.base_url)
        ended = house.run("new", "Write it", "--workspace", "out", "--json", *words)
    assert ended.exit_code == 3
    assert careless.count == 1
    assert not holds_key((ended.out + ended.err).encode())
    assert [path for path in (house.folder / "out").rglob("*") if path.is_file() and holds_key(path.read_bytes())] == []
