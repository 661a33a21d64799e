"""`softhouse serve`: what the command line says, checked, and the server run until it is stopped."""

import asyncio
import os
import socket
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated

import typer

from softhouse.cli.display import open_display
from softhouse.cli.interrupt import Interruption, run_until_interrupted
from softhouse.cli.options import Model
from softhouse.cli.streams import say
from softhouse.errors import MissingExtraError, UsageError
from softhouse.llm_backends.protocol import Backend

if TYPE_CHECKING:
    from softhouse.llm_backends.models import Progress

GRACE_SECONDS = 5
"""How long answers may go on when the server is told to stop."""
IDLE_SECONDS = 75
"""How long a connection is kept for a client's next request. A request that is sent just when it is closed is lost, and
after uvicorn's own 5 seconds people are still thinking about what to ask next."""

Host = Annotated[str, typer.Option("--host", metavar="HOST", help="Where to listen; beyond loopback only with a key.")]
Port = Annotated[int, typer.Option("--port", metavar="N", min=0, max=65535, help="0: any free one.")]
ApiKeyEnv = Annotated[
    str | None,
    typer.Option("--api-key-env", metavar="NAME", help="The environment variable with the key that clients must send."),
]


def serve(model: Model = None, host: Host = "127.0.0.1", port: Port = 8000, api_key_env: ApiKeyEnv = None) -> int:
    """Serve a model to OpenAI's clients, and a page to chat with it, until Ctrl-C."""
    if any(find_spec(package) is None for package in ("starlette", "uvicorn")):
        raise MissingExtraError("serve", "softhouse serve")
    key = key_for(host, api_key_env)
    listener = listen(host, port)
    with listener:

        async def work(interruption: Interruption) -> None:
            backend = await asyncio.to_thread(connect, model, interruption)
            try:
                await run(backend, listener, key)
            finally:
                await backend.aclose()
            interruption.check()

        run_until_interrupted(work)
    return 0


def key_for(host: str, variable: str | None) -> str | None:
    """The key in the environment variable; raises a `UsageError` where there is none and `host` is open to others."""
    from softhouse.serve.access import is_loopback

    if variable is None:
        if is_loopback(host):
            return None
        raise UsageError(
            f"{host} can be reached from other machines; put a key into an environment variable and name it: "
            "--api-key-env NAME"
        )
    key = os.environ.get(variable, "").strip()
    if not key:
        raise UsageError(f"the environment variable {variable} holds no key; set it, or leave --api-key-env out")
    return key


def listen(host: str, port: int) -> socket.socket:
    """The open socket; raises a `UsageError` where it can't be had. Before the model is loaded, which takes longer."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        # A server that is started again must not wait for the old one's connections to be forgotten; on Windows the
        # same option would let two servers share the port.
        return socket.create_server(address[:2], family=family)
    except socket.gaierror as error:
        raise UsageError(f"can't listen on {host}: {error.strerror}; choose another with --host") from error
    except OSError as error:
        # Python adds the address to the system's words
        reason = (error.strerror or str(error)).partition(" (while attempting")[0]
        raise UsageError(f"can't listen on {host} port {port}: {reason}; choose another with --port") from error


def connect(model: str | None, interruption: Interruption) -> Backend:
    """The backend; its model is fetched where it is not here yet."""
    from softhouse.llm_backends.registry import create_backend

    with open_display(json_lines=False, quiet=False) as display:

        def on_progress(progress: "Progress") -> None:
            interruption.check()
            display.progress(progress)

        return create_backend(model, on_progress=on_progress)


async def run(backend: Backend, listener: socket.socket, key: str | None) -> None:
    """Serve until the process is told to stop."""
    import uvicorn

    from softhouse.serve.app import create_app, model_id

    host, port = listener.getsockname()[:2]
    config = uvicorn.Config(
        create_app(backend, key=key),
        http="h11",
        ws="none",
        lifespan="off",
        # What fails is told to the client and logged by the application; the rest is noise.
        log_level="critical",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_keep_alive=IDLE_SECONDS,
    )
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    say(f"{model_id(backend.name)} is served; OPENAI_BASE_URL={address}/v1; stop with Ctrl-C; chat at:", sys.stderr)
    say(f"{address}/", sys.stdout)
    await uvicorn.Server(config).serve([listener])
