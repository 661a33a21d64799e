"""What a hostile program would try first; the self-test lays this file out inside and reads what it got through to.

Each line that it prints is the name of a promise that does not hold and how that was seen; where all hold, none.
"""

import ctypes
import os
import signal
import socket
import sys
from contextlib import suppress


def main(port: str, abstract: str, canary: str, sleeper: str, known: str, home: str, *belongings: str) -> None:
    """Try everything.

    A port and an abstract socket that listen outside, a file and a process there, the variables that may be seen
    (with commas), the home directory and names that lie in it.
    """
    _network(int(port), abstract)
    _files(canary, home, set(belongings))
    _environment(set(known.split(",")))
    with suppress(OSError):
        os.kill(int(sleeper), signal.SIGKILL)  # the self-test looks whether it is alive
    if sys.platform == "linux" and ctypes.CDLL(None).unshare(0x10000000) == 0:
        _broken("processes", "made a namespace of its own")


def _broken(promise: str, how: str) -> None:
    sys.stdout.write(f"{promise}\t{how}\n")


def _network(port: int, abstract: str) -> None:
    if port and _connects(socket.AF_INET, ("127.0.0.1", port)):
        _broken("network", "connected to a port of this machine")
    if _connects(socket.AF_INET, ("192.0.2.1", 9), socket.SOCK_DGRAM):  # sends nothing; needs a route
        _broken("network", "there is a route to the internet")
    if abstract and _connects(socket.AF_UNIX, "\0" + abstract):
        _broken("network", "connected to a local socket of this machine")


def _connects(family: int, address: "tuple[str, int] | str", kind: int = socket.SOCK_STREAM) -> bool:
    try:
        with socket.socket(family, kind) as client:
            client.settimeout(0.5)
            client.connect(address)
            return True
    except OSError:
        return False


def _files(canary: str, home: str, belongings: set[str]) -> None:
    with suppress(OSError), open(canary) as file:
        _broken("files", f"read a file of this machine ({len(file.read())} bytes)")
    with suppress(OSError), open(canary + ".written", "w"):
        _broken("files", "wrote a file of this machine")
    with suppress(OSError):
        if set(os.listdir(home)) & belongings:
            _broken("files", "listed the home directory")


def _environment(known: set[str]) -> None:
    if unknown := set(os.environ) - known:
        _broken("environment", f"inherited {len(unknown)} variables")
    names: list[str] = []
    with suppress(OSError):
        names = [name for name in os.listdir("/proc") if name.isdigit()]
    for name in names:
        with suppress(OSError), open(f"/proc/{name}/environ", "rb") as file:
            seen = {variable.partition(b"=")[0].decode() for variable in file.read().split(b"\0") if variable}
            if seen - known:
                _broken("environment", f"read {len(seen - known)} variables of another process")
                return


if __name__ == "__main__":
    main(*sys.argv[1:])
