"""llama.cpp as a child process: its own OpenAI-compatible server on a loopback port.

Why a child and not a thread: loading a model holds the interpreter's lock for seconds, so no thread keeps the event
loop free; a failed assertion in the C++ code ends its process; and a child that ends gives all its memory back.

Run as a program (never as a module: then nothing in the current directory can be imported in place of xllamacpp), the
file serves one model. It prints one line of JSON with the server's address and ends as soon as its standard input is
closed, so a killed parent leaves no model behind. The key that callers must show comes in the environment, where
other users of the machine can't read it.
"""

import argparse
import http.client
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

KEY_VARIABLE = "SOFTHOUSE_LLAMA_KEY"


@dataclass(frozen=True)
class ServerOptions:
    """How a model is served. `context_length` is each slot's, in tokens."""

    context_length: int = 8192
    parallel: int = 4
    threads: int = 0
    """0: as many as the process may use CPUs."""
    port: int = 0
    """0: any free one."""


@dataclass
class LlamaServer:
    """A running server; `close` it."""

    url: str
    key: str
    process: "subprocess.Popen[bytes]" = field(repr=False)

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def count_tokens(self, text: str, timeout: float) -> int:
        """How many tokens `text` has. Raises `OSError` where no answer comes within `timeout` seconds."""
        connection = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=timeout)
        try:
            headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.key}"}
            connection.request("POST", "/tokenize", json.dumps({"content": text}), headers)
            return len(json.load(connection.getresponse())["tokens"])
        except http.client.HTTPException as error:
            raise ConnectionError(str(error)) from error
        finally:
            connection.close()

    def close(self) -> None:
        """End the server and free the model; may be called twice."""
        if self.process.stdin is not None and not self.process.stdin.closed:
            self.process.stdin.close()
        self.process.kill()
        self.process.wait()


def start(model: Path, options: ServerOptions, *, key: str | None = None) -> LlamaServer:
    """Serve the GGUF file `model`; returns once it answers (a few seconds: call it in a thread).

    `key`: what callers must show; None makes one up, "" lets everyone in who can reach the port. Raises `RuntimeError`
    with llama.cpp's own reason where the model can't be loaded.
    """
    key = secrets.token_urlsafe(24) if key is None else key
    arguments = [
        f"--context-length={options.context_length}",
        f"--parallel={options.parallel}",
        f"--threads={options.threads or available_cpus()}",
        f"--port={options.port}",
    ]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, "-P", __file__, str(model), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            # Threads that spin while they wait for one another are many times slower beside any other work.
            env={"OMP_WAIT_POLICY": "passive", **os.environ, KEY_VARIABLE: key},
            # Ctrl-C in the terminal is the parent's to handle: it decides what becomes of the request under way.
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        assert process.stdout is not None
        line = process.stdout.readline()
        process.stdout.close()
        server = LlamaServer(url="", key=key, process=process)
        if not line:
            server.close()
            raise RuntimeError(_reason(log) or f"llama.cpp ended with status {process.returncode}")
    server.url = json.loads(line)["url"]
    return server


def available_cpus() -> int:
    """CPUs that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _reason(log: IO[bytes]) -> str:
    """The first error that llama.cpp wrote; what follows it are its consequences."""
    log.seek(0)
    lines = log.read().decode("utf-8", "replace").splitlines()
    errors = [match[1] for line in lines if (match := re.match(r"[\d.]+ E (.+)", line))]
    return errors[0] if errors else "".join(lines[-1:])


def _serve() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    for name in ("context-length", "parallel", "threads", "port"):
        parser.add_argument(f"--{name}", type=int, required=True)
    arguments = parser.parse_args()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    key = os.environ.pop(KEY_VARIABLE, "")

    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = arguments.model
    params.n_ctx = arguments.context_length * arguments.parallel
    params.n_parallel = arguments.parallel
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = arguments.threads
    # Cancelling takes effect between two batches: small ones answer in seconds on two cores.
    params.n_batch = params.n_ubatch = 256
    params.port = arguments.port
    params.api_keys = [key] if key else []
    params.ui = False
    params.verbosity = 1
    # What a request doesn't say is the same as what `CompletionRequest` doesn't say.
    params.sampling.top_p = 1.0
    params.sampling.min_p = 0.0
    server = xllamacpp.Server(params)
    print(json.dumps({"url": server.listening_address}), flush=True)
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    _serve()
