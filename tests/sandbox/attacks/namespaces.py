"""Gain rights: a namespace of one's own, a mount, another user, a program with rights of its own."""

import ctypes
import os
import subprocess

libc = ctypes.CDLL(None, use_errno=True)
for name, flag in {
    "user": 0x10000000,
    "mount": 0x20000,
    "pid": 0x20000000,
    "net": 0x40000000,
    "ipc": 0x8000000,
}.items():
    print("BREACH" if libc.unshare(flag) == 0 else "held", "unshare", name)
machine = os.uname().machine
clone = {"x86_64": 56, "aarch64": 220}.get(machine)
if clone is not None:
    pid = libc.syscall(clone, 0x10000000 | 17, 0, 0, 0, 0)
    if pid == 0:
        os._exit(0)
    print("BREACH" if pid > 0 else "held", "clone")
for name, arguments in {
    "mount": (b"none", b".", b"tmpfs", 0, None),
    "umount2": (b"/proc/1", 2),
    "chroot": (b".",),
    "setuid": (0,),
    "setns": (0, 0),
    "reboot": (0,),
}.items():
    print("BREACH" if getattr(libc, name)(*arguments) == 0 else "held", name)
print("held" if libc.prctl(39, 0, 0, 0, 0) == 1 else "BREACH", "no_new_privs")
for command in (["unshare", "-Ur", "true"], ["bwrap", "--ro-bind", "/", "/", "true"], ["su", "-c", "true"]):
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=5)
        print("held" if done.returncode else "BREACH", command)
    except OSError as error:
        print("held", command, error.strerror)
