"""The filter of system calls: its numbers are the kernel's, its program decides as it should."""

import errno
import re
import struct
from pathlib import Path

import pytest

from softhouse.environment.sandbox import seccomp
from softhouse.environment.sandbox.seccomp import ALLOW, ERROR, KILL, Policy, assemble

HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}


def decide(program: bytes, architecture: int, number: int, *arguments: int) -> int:
    """Run classic BPF over one system call, as the kernel does (`man 2 seccomp`)."""
    data = struct.pack("IIQ6Q", number, architecture, 0, *(*arguments, *[0] * (6 - len(arguments))))
    code = list(struct.iter_unpack("HBBI", program))
    at = accumulator = 0
    while True:
        operation, if_true, if_false, value = code[at]
        at += 1
        if operation == seccomp.RETURN:
            return int(value)
        if operation == seccomp.LOAD:
            accumulator = struct.unpack_from("I", data, value)[0]
            continue
        truth = {
            seccomp.JUMP_EQUAL: accumulator == value,
            seccomp.JUMP_AT_LEAST: accumulator >= value,
            seccomp.JUMP_ANY_BIT: accumulator & value != 0,
        }[operation]
        at += if_true if truth else if_false


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_numbers_are_the_kernels(machine: str) -> None:
    if not HEADERS[machine].exists():
        pytest.skip("the kernel's headers are not installed")
    text = HEADERS[machine].read_text()
    known = {name: int(number) for name, number in re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", text)}
    column = 0 if machine == "x86_64" else 1
    tables = (seccomp.DENIED, seccomp.ABSENT, seccomp.SHARED_PIDS, seccomp.ATTRIBUTES, seccomp.SIGNALS, seccomp.NUMBERS)
    ours = {name: numbers[column] for table in tables for name, numbers in table.items()}
    ours |= {name: (x86, arm)[column] for name, (x86, arm, _) in seccomp.ONESELF.items()}
    assert known["clone"] == ours["clone"]
    newest = max(known.values())
    wrong = {name: (number, known.get(name)) for name, number in ours.items() if known.get(name, number) != number}
    missing = {name for name, number in ours.items() if number is not None and number <= newest and name not in known}
    assert (wrong, missing) == ({}, set())


@pytest.mark.parametrize(
    ("call", "policy", "answer"),
    [
        ((0,), Policy(), ALLOW),  # read
        ((101,), Policy(), ERROR | errno.EPERM),  # ptrace
        ((319,), Policy(), ERROR | errno.ENOSYS),  # memfd_create
        ((435,), Policy(), ERROR | errno.ENOSYS),  # clone3
        ((56, 17), Policy(), ALLOW),  # clone as fork does it
        ((56, 0x10000000 | 17), Policy(), ERROR | errno.EPERM),  # with a user namespace
        ((56, 0x3D0F00), Policy(), ALLOW),  # as a thread is made
        ((41, 1), Policy(), ALLOW),  # a local socket, in a network namespace of one's own
        ((41, 1), Policy(families=()), ERROR | errno.EACCES),
        ((41, 2), Policy(), ALLOW),
        ((41, 2), Policy(families=()), ERROR | errno.EACCES),
        ((41, 16), Policy(), ERROR | errno.EACCES),  # netlink
        ((41, 40), Policy(), ERROR | errno.EACCES),  # to the virtual machine's host
        ((53, 1), Policy(families=()), ALLOW),  # a pair of local sockets
        ((53, 2), Policy(families=()), ERROR | errno.EACCES),
        ((112,), Policy(), ALLOW),  # setsid
        ((112,), Policy(shared=True), ERROR | errno.EPERM),
        ((302, 0), Policy(), ALLOW),  # prlimit64 of oneself
        ((302, 1), Policy(), ERROR | errno.EPERM),
        ((141, 0, 0), Policy(), ALLOW),  # setpriority of oneself
        ((141, 0, 1), Policy(), ERROR | errno.EPERM),
        ((141, 2, 0), Policy(), ERROR | errno.EPERM),  # of all processes of the user
        ((62, 0), Policy(own_signals=True), ALLOW),  # kill one's own group
        ((62, seccomp.OWN_PID), Policy(own_signals=True), ALLOW),  # oneself
        ((62, 0xFFFFFFFF), Policy(own_signals=True), ERROR | errno.EPERM),  # everybody
        ((62, 1), Policy(own_signals=True), ERROR | errno.EPERM),
        ((62, 1), Policy(), ALLOW),
        ((424, 3), Policy(own_signals=True), ERROR | errno.EPERM),  # by a descriptor
        ((90,), Policy(), ALLOW),  # chmod
        ((90,), Policy(shared=True), ERROR),
        ((280, 3, 0), Policy(shared=True), ALLOW),  # utimensat on an open file
        ((280, 3, 0x7FFF00000000), Policy(shared=True), ERROR),
        ((280, 3, 0x1000), Policy(shared=True), ERROR),
        ((76,), Policy(), ALLOW),  # truncate
        ((76,), Policy(deny_truncate=True), ERROR | errno.EPERM),
        ((0x40000000 | 101,), Policy(), ERROR | errno.ENOSYS),  # the x32 names of all these
    ],
)
def test_decides(call: tuple[int, ...], policy: Policy, answer: int) -> None:
    assert decide(assemble("x86_64", policy), seccomp.AUDIT_ARCHITECTURE["x86_64"], *call) == answer


def test_another_architecture_is_no_way_round() -> None:
    i386 = 0x40000003
    assert decide(assemble("x86_64", Policy()), i386, 26) == KILL
    assert decide(assemble("aarch64", Policy()), seccomp.AUDIT_ARCHITECTURE["aarch64"], 117) == ERROR | errno.EPERM
