"""Trace, read, write or take over another process: the supervisor above all, for it reports the verdict."""

import ctypes
import json
import os
from pathlib import Path

for descriptor in range(3, 300):
    try:
        print("BREACH inherited", descriptor, os.fstat(descriptor))
    except OSError:
        continue
facts = json.loads(Path("facts.json").read_text())
libc = ctypes.CDLL(None, use_errno=True)
for pid in (1, os.getppid(), int(facts["pid"])):
    print("BREACH" if libc.ptrace(16, pid, 0, 0) >= 0 else "held", "ptrace", pid)
    buffer = ctypes.create_string_buffer(8)
    vector = (ctypes.c_void_p * 2)(ctypes.addressof(buffer), 8)
    print("BREACH" if libc.process_vm_readv(pid, vector, 1, vector, 1, 0) > 0 else "held", "process_vm_readv", pid)
    for name in ("mem", "fd/1", "fd/0", "exe", "root/tmp", "cwd/x", "maps"):
        try:
            os.open(f"/proc/{pid}/{name}", os.O_RDWR)
            print("BREACH", pid, name)
        except OSError as error:
            print("held", pid, name, error.strerror)
    if hasattr(os, "pidfd_open"):
        try:
            taken = libc.syscall(438, os.pidfd_open(pid), 1, 0)
            print("BREACH" if taken >= 0 else "held", "pidfd_getfd", pid)
        except OSError as error:
            print("held pidfd_open", pid, error.strerror)
print("BREACH traced" if libc.ptrace(0, 0, 0, 0) >= 0 else "held PTRACE_TRACEME")
