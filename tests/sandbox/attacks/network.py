"""Get out, by every family of sockets there is."""

import json
import os
import socket
from collections.abc import Callable
from pathlib import Path

facts = json.loads(Path("facts.json").read_text())


def attempt(name: str, action: Callable[[], object]) -> None:
    try:
        print("BREACH", name, action())
    except OSError as error:
        print("held", name, error)


def connect(family: int, kind: int, address: "tuple[str, int] | str") -> None:
    with socket.socket(family, kind) as client:
        client.settimeout(0.3)
        client.connect(address)


attempt("loopback of the host", lambda: connect(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", facts["port"])))
mapped = ("::ffff:127.0.0.1", facts["port"])
attempt("the same by its v6 address", lambda: connect(socket.AF_INET6, socket.SOCK_STREAM, mapped))
attempt("a route out", lambda: connect(socket.AF_INET, socket.SOCK_DGRAM, ("192.0.2.1", 9)))
attempt("a v6 route out", lambda: connect(socket.AF_INET6, socket.SOCK_DGRAM, ("2001:db8::1", 9)))
attempt("metadata service", lambda: connect(socket.AF_INET, socket.SOCK_STREAM, ("169.254.169.254", 80)))
attempt("raw", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))
attempt("packets", lambda: socket.socket(17, socket.SOCK_RAW, 0))
attempt("netlink", lambda: socket.socket(16, socket.SOCK_RAW, 0))
attempt("the virtual machine's host", lambda: socket.socket(40, socket.SOCK_STREAM))
attempt("crypto", lambda: socket.socket(38, socket.SOCK_SEQPACKET))
attempt("bluetooth", lambda: socket.socket(31, socket.SOCK_RAW, 1))
attempt("a name", lambda: socket.getaddrinfo("example.com", 80))
attempt("abstract socket", lambda: connect(socket.AF_UNIX, socket.SOCK_STREAM, "\0" + facts["abstract"]))
attempt("local socket", lambda: connect(socket.AF_UNIX, socket.SOCK_STREAM, facts["socket"]))
attempt("docker", lambda: connect(socket.AF_UNIX, socket.SOCK_STREAM, "/var/run/docker.sock"))
attempt("the bus", lambda: connect(socket.AF_UNIX, socket.SOCK_STREAM, "/run/dbus/system_bus_socket"))
left, right = socket.socketpair()
left.send(b"a pair of one's own works")
print(right.recv(100).decode(), os.getpid() > 0)
