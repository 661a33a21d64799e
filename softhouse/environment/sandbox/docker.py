"""A wall borrowed from docker, where its daemon answers and an image with this Python is there (none is pulled)."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from softhouse.environment.sandbox.protocol import Limits
from softhouse.environment.sandbox.wall import SIDE, Start, start_supervisor

IMAGE = f"python:{sys.version_info.major}.{sys.version_info.minor}-slim"
FAR_SIDE = "/softhouse"
GUEST = 1000
CLIENT_VARIABLES = ("PATH", "HOME", "DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "XDG_RUNTIME_DIR")
"""What docker's client needs; the container gets none of it."""


class Docker:
    """Runs the supervisor as process 1 of a container without network."""

    def __init__(self) -> None:
        """Raises `OSError` where docker does not answer, or has no image."""
        program = shutil.which("docker")
        if program is None:
            raise OSError("there is no docker")
        self._program = program
        self._environment = {name: os.environ[name] for name in CLIENT_VARIABLES if name in os.environ}
        inspect = (program, "image", "inspect", "--format", "{{.Id}}", IMAGE)
        try:
            asked = subprocess.run(inspect, capture_output=True, text=True, env=self._environment, timeout=10)
        except subprocess.TimeoutExpired:
            raise OSError("docker does not answer") from None
        if asked.returncode and "no such image" in asked.stderr.lower():
            raise OSError(f"docker has no image {IMAGE}; get it with: docker pull {IMAGE}")
        if asked.returncode:
            raise OSError("docker does not answer")
        self.name = f"docker {IMAGE}"

    @contextmanager
    def start(self, limits: Limits) -> Iterator[Start]:
        """See `Wall.start`. The supervisor ends when its input does, and the container with it."""
        disk = f"size={limits.disk_bytes}"
        words = [self._program, "run", "--rm", "--interactive", "--network", "none", "--read-only", "--pull", "never"]
        words += ["--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--ipc", "none", "--user", "0:0"]
        for capability in ("SETUID", "SETGID", "KILL", "CHOWN"):
            words += ["--cap-add", capability]
        words += ["--pids-limit", str(limits.processes + 4)]
        memory = str(limits.memory_bytes + 2 * limits.disk_bytes + 64 * 1024 * 1024)
        words += ["--memory", memory, "--memory-swap", memory]
        words += ["--tmpfs", f"/work:rw,exec,mode=0777,{disk}", "--tmpfs", f"/tmp:rw,exec,mode=1777,{disk}"]  # noqa: S108
        words += ["--tmpfs", "/toolbox:rw,exec,mode=0755,size=65536"]
        words += ["--mount", f"type=bind,source={SIDE / 'inside'},target={FAR_SIDE}/inside,readonly"]
        words += ["--workdir", "/", "--entrypoint", "/usr/local/bin/python3", IMAGE]
        yield Start(
            argv=(*words, *start_supervisor(FAR_SIDE)),
            python="/usr/local/bin/python3",
            environment=self._environment,
            uid=GUEST,
            own_pids=True,
        )
