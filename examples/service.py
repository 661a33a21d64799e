"""A service around the house: HTTP in, projects out, standard library only.

Run: `python examples/service.py [PORT]`, then: `curl -d "Write a todo app" http://127.0.0.1:8000/`. The answer is one
line of JSON: where the project lies, whether it was accepted, what it cost. Runs go on side by side in one process; a
run that is cut off goes on when the same line is sent again, since its name is made of its content.
"""

import asyncio
import hashlib
import json
import sys
from pathlib import Path

import softhouse

PROJECTS = Path("out/service")
MOST_BYTES = 100_000


async def build(text: str, model: "str | softhouse.Backend | None" = None) -> dict[str, object]:
    """One project, as the JSON of the answer."""
    workspace = PROJECTS / hashlib.sha256(text.encode()).hexdigest()[:12]
    try:
        project = await softhouse.Company(model=model, workspace=workspace, max_tokens=200_000).run(text)
    except softhouse.SofthouseError as error:
        return {"error": str(error), "exit_code": error.exit_code}
    return {"path": str(project.path), "accepted": project.accepted, "tokens": project.usage.total_tokens}


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One request: the body is the requirement."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    lengths = [line.partition(":")[2] for line in head.splitlines() if line.lower().startswith("content-length:")]
    length = int(lengths[0]) if lengths else 0
    if length > MOST_BYTES:
        result: dict[str, object] = {"error": "the requirement is too long", "exit_code": 2}
    else:
        result = await build((await reader.readexactly(length)).decode())
    body = json.dumps(result).encode() + b"\n"
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n" + body)
    await writer.drain()
    writer.close()


async def main(port: int) -> None:
    """Serve on loopback until Ctrl-C."""
    server = await asyncio.start_server(answer, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 8000))
