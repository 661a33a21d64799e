"""Take memory that belongs to no process, so that no count finds it."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
if hasattr(os, "memfd_create"):
    try:
        os.memfd_create("hoard")
        print("BREACH memfd_create")
    except OSError as error:
        print("held memfd_create", error.strerror)
for name, arguments in {"shmget": (0, 1 << 20, 0o1666), "semget": (0, 1, 0o1666), "msgget": (0, 0o1666)}.items():
    print("BREACH" if getattr(libc, name)(*arguments) >= 0 else "held", name)
for number in (425, 426, 427):
    print("BREACH" if libc.syscall(number, 1, 0) >= 0 else "held", "io_uring", number)
