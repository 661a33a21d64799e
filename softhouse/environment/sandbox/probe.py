"""What a hostile program would try first; the self-test runs it inside and reads what it got through to.

Not imported: its text is laid out in the sandbox. Each line that it prints is the name of a promise that does not hold
and how that was seen; a sandbox that holds prints none.
"""

import ctypes
import os
import signal
import socket
import sys
from contextlib import suppress

port, abstract, canary, sleeper, known, home, *belongings = sys.argv[1:]


def broken(promise: str, how: str) -> None:
    print(f"{promise}\t{how}")


def connects(family: int, address: "tuple[str, int] | str", kind: int = socket.SOCK_STREAM) -> bool:
    try:
        with socket.socket(family, kind) as client:
            client.settimeout(0.5)
            client.connect(address)
            return True
    except OSError:
        return False


if port != "0" and connects(socket.AF_INET, ("127.0.0.1", int(port))):
    broken("network", "connected to a port of this machine")
if connects(socket.AF_INET, ("192.0.2.1", 9), socket.SOCK_DGRAM):
    broken("network", "there is a route to the internet")
if abstract and connects(socket.AF_UNIX, "\0" + abstract):
    broken("network", "connected to a local socket of this machine")

try:
    with open(canary) as file:
        broken("files", f"read a file of this machine ({len(file.read())} bytes)")
except OSError:
    pass
try:
    with open(canary + ".written", "w"):
        broken("files", "wrote a file of this machine")
except OSError:
    pass
try:
    if set(os.listdir(home)) & set(belongings):
        broken("files", "listed the home directory")
except OSError:
    pass

allowed = set(known.split(","))
pids: list[str] = []
with suppress(OSError):
    pids = [name for name in os.listdir("/proc") if name.isdigit()]
for pid in ["self", *pids]:
    try:
        with open(f"/proc/{pid}/environ", "rb") as stream:
            seen = {variable.partition(b"=")[0].decode() for variable in stream.read().split(b"\0") if variable}
    except OSError:
        continue
    if seen - allowed:
        broken("environment", f"read {len(seen - allowed)} variables of another process")
        break
if set(os.environ) - allowed:
    broken("environment", f"inherited {len(set(os.environ) - allowed)} variables")

with suppress(OSError):
    os.kill(int(sleeper), signal.SIGKILL)
if sys.platform == "linux" and ctypes.CDLL(None).unshare(0x10000000) == 0:
    broken("processes", "made a namespace of its own")
