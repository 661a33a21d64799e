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
from typing import IO, Any

KEY_VARIABLE = "SOFTHOUSE_LLAMA_KEY"
THREADS_THAT_SLEEP = {"OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "300"}
"""Threads that spin while they wait for one another are ten times slower beside any other work. The second, where it is
known, goes before the first, and lets a thread look 300 times before it sleeps."""
PROMPT_CACHE_MIB = 512
"""For prompts that lost their slot to another one."""


@dataclass(frozen=True)
class ServerOptions:
    """How a model is served. `context_length` is each slot's, in tokens."""

    context_length: int = 8192
    parallel: int = field(default_factory=lambda: 4 if available_cores() > 4 else 1)
    """Slots. On few cores several at once are no faster than one after another, which shares one prompt cache."""
    threads: int = field(default_factory=lambda: available_cores())
    embeddings: bool = False
    """Texts are turned into vectors, and no prompt is completed."""
    fine_cache: bool = False
    """On a CPU, keep keys and values in 32 bits, which is twice the memory: a small model then says what its weights
    say in float32 (with the usual cache, 2 replies of 120 differed)."""
    adapter: Path | None = None
    """A LoRA adapter (GGUF), added to what the weights say."""


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
        return len(self.post("/tokenize", {"content": text}, timeout)["tokens"])

    def post(self, path: str, body: dict[str, Any], timeout: float) -> Any:
        """What it answers, as JSON. Raises `OSError` where no answer comes within `timeout` seconds."""
        connection = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=timeout)
        try:
            headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.key}"}
            connection.request("POST", path, json.dumps(body), headers)
            return json.load(connection.getresponse())
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
        f"--threads={options.threads}",
        *(["--fine-cache"] if options.fine_cache else []),
        *(["--embeddings"] if options.embeddings else []),
        *([f"--adapter={options.adapter}"] if options.adapter else []),
    ]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, "-P", __file__, str(model), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            env={**THREADS_THAT_SLEEP, **os.environ, KEY_VARIABLE: key},
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


def available_cores() -> int:
    """Cores that this process may use; two threads on one core compute no faster than one."""
    if sys.platform != "linux":
        return os.cpu_count() or 1
    cpus = os.sched_getaffinity(0)
    siblings = [Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list") for cpu in cpus]
    try:
        return len({path.read_text() for path in siblings})
    except OSError:
        return len(cpus)


def _reason(log: IO[bytes]) -> str:
    """The first error that llama.cpp wrote; what follows it are its consequences."""
    log.seek(0)
    lines = log.read().decode("utf-8", "replace").splitlines()
    errors = [match[1] for line in lines if (match := re.match(r"[\d.]+ E (.+)", line))]
    return errors[0] if errors else "".join(lines[-1:])


def _serve() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    for name in ("context-length", "parallel", "threads"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--embeddings", action="store_true")
    parser.add_argument("--fine-cache", action="store_true")
    parser.add_argument("--adapter")
    arguments = parser.parse_args()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    key = os.environ.pop(KEY_VARIABLE, "")

    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = arguments.model
    params.n_ctx = arguments.context_length * arguments.parallel
    params.n_parallel = arguments.parallel
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = arguments.threads
    params.cache_ram_mib = PROMPT_CACHE_MIB
    if arguments.parallel == 1:
        params.slot_prompt_similarity = 0.0  # else a prompt that shares its beginning overwrites the one before it
    params.api_keys = [key] if key else []
    if arguments.adapter:
        adapter = xllamacpp.CommonAdapterLoraInfo()
        adapter.path, adapter.scale = arguments.adapter, 1.0
        params.lora_adapters = [adapter]
    params.ui = False
    params.verbosity = 1
    # What a request doesn't say is the same as what `CompletionRequest` doesn't say.
    params.sampling.top_p = 1.0
    params.sampling.min_p = 0.0
    if arguments.embeddings:
        params.embedding = True
        params.n_batch = params.n_ubatch = arguments.context_length  # every token looks at every other one
    elif not _has_gpu():
        _make_exact(params)
        if arguments.fine_cache:
            params.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
            params.cache_type_k = params.cache_type_v = xllamacpp.ggml_type.GGML_TYPE_F32
    server = xllamacpp.Server(params)
    print(json.dumps({"url": server.listening_address}), flush=True)
    sys.stdin.buffer.read()
    os._exit(0)


def _has_gpu() -> bool:
    import xllamacpp

    kinds = xllamacpp.ggml_backend_dev_type
    gpus = (kinds.GGML_BACKEND_DEVICE_TYPE_GPU, kinds.GGML_BACKEND_DEVICE_TYPE_IGPU)
    return any(device["type"] in gpus for device in xllamacpp.get_device_info())


def _make_exact(params: Any) -> None:
    """Have every token computed by the same kernels, whatever else is computed with it.

    By default one token alone, a few and many take different paths through llama.cpp, whose sums differ in their last
    bits: then the same request gives another text once part of its prompt is cached, or another slot is busy.
    Measured equal to the last bit, cached or not, alone or beside others, with batches below 8 rows, weights that are
    not repacked, and the one attention kernel that is left where keys and values have different types. It costs about
    half the speed of the prompt and a sixth of that of the reply; it saves a copy of the weights.
    """
    import xllamacpp

    params.no_extra_bufts = True
    params.n_ubatch = 7
    params.n_batch = 63  # between two of these a cancelled request is noticed
    params.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_ENABLED
    params.cache_type_k = xllamacpp.ggml_type.GGML_TYPE_F16
    params.cache_type_v = xllamacpp.ggml_type.GGML_TYPE_BF16


if __name__ == "__main__":
    _serve()
