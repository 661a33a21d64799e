"""The second wall, put up by a process around itself: Landlock for files, seccomp for system calls.

Needs no privilege and no namespace. Sources: `man 7 landlock` and the kernel's `include/uapi/linux/landlock.h` (rights
by ABI version), `man 2 seccomp`, `man 7 capabilities`.
"""

import ctypes
import os
import sys

TYPE_CHECKING = False  # for type checkers: `typing` takes ten milliseconds to import
if TYPE_CHECKING:
    from .request import LandlockRules

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same on every architecture
RULESET_VERSION = 1
RULE_PATH_BENEATH = 1
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
TRUNCATE, IOCTL_DEVICE = 1 << 14, 1 << 15
RIGHTS_BY_ABI = (0, (1 << 13) - 1, (1 << 14) - 1, (1 << 15) - 1, (1 << 15) - 1, (1 << 16) - 1)
"""All rights over files that each version knows; version 5 and above know them all."""
FILE_RIGHTS = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEVICE
"""Those that make sense for something that is not a directory."""
TCP_BIND_AND_CONNECT = 3  # from version 4
SCOPE_SOCKETS_AND_SIGNALS = 3  # from version 6
PR_SET_KEEPCAPS, PR_SET_SECCOMP, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 8, 22, 36, 38, 47
PR_CAP_AMBIENT_RAISE = 2
SECCOMP_MODE_FILTER = 2
CAPABILITY_VERSION_3 = 0x20080522
CAP_DAC_READ_SEARCH = 2


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


class _CapabilityHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _CapabilityData(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)
    return result


def landlock_version() -> int:
    """The version of the kernel's Landlock; 0 where it has none.

    >>> landlock_version() >= 0
    True
    """
    number = ctypes.c_long(CREATE_RULESET)
    return max(0, int(_libc().syscall(number, None, ctypes.c_size_t(0), ctypes.c_uint32(RULESET_VERSION))))


def adopt_orphans() -> None:
    """Processes whose parent ends become our children, so that none is lost sight of."""
    _checked(_libc().prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "prctl")


class Restriction:
    """What `enter` will impose; everything that can be made ready before the fork is."""

    def __init__(self, rules: "LandlockRules") -> None:
        self._libc = _libc()
        self._through = rules["through"]
        self._filter = rules["filter"]
        self._own_pid = rules["own_pid"].to_bytes(4, sys.byteorder)
        version = rules["version"]
        self._rights = RIGHTS_BY_ABI[min(version, 5)]
        attributes = _Ruleset(
            files=self._rights,
            network=TCP_BIND_AND_CONNECT if version >= 4 else 0,
            scoped=SCOPE_SOCKETS_AND_SIGNALS if version >= 6 else 0,
        )
        size = 8 if version < 4 else 16 if version < 6 else 24
        self._ruleset = self._call(CREATE_RULESET, ctypes.byref(attributes), ctypes.c_size_t(size), 0)
        for path in rules["read"]:
            self._allow(path, EXECUTE | READ_FILE | READ_DIR)
        for path in rules["write"]:
            self._allow(path, self._rights)

    def switch_user(self, uid: int) -> None:
        """Become user `uid`, with the right to search directories if the interpreter is out of reach without it."""
        if self._through:
            _checked(self._libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0), "prctl")
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
        if self._through:
            capability = 1 << CAP_DAC_READ_SEARCH
            header = _CapabilityHeader(CAPABILITY_VERSION_3, 0)
            data = (_CapabilityData * 2)(_CapabilityData(capability, capability, capability))
            _checked(self._libc.capset(ctypes.byref(header), ctypes.byref(data)), "capset")
            _checked(self._libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_READ_SEARCH, 0, 0), "prctl")

    def enter(self) -> None:
        """Restrict this process and all that it will start; there is no way back."""
        _checked(self._libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
        self._call(RESTRICT_SELF, ctypes.c_int(self._ruleset), 0)
        code = self._filter.replace(self._own_pid, os.getpid().to_bytes(4, sys.byteorder))
        program = _Program(len(code) // 8, ctypes.cast(ctypes.create_string_buffer(code, len(code)), ctypes.c_void_p))
        _checked(self._libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0), "seccomp")

    def _allow(self, path: str, rights: int) -> None:
        try:
            parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except FileNotFoundError:
            return
        try:
            rights &= self._rights if os.path.isdir(path) else self._rights & FILE_RIGHTS
            rule = _PathBeneath(rights, parent)
            self._call(ADD_RULE, ctypes.c_int(self._ruleset), RULE_PATH_BENEATH, ctypes.byref(rule), 0)
        finally:
            os.close(parent)

    def _call(self, number: int, *arguments: object) -> int:
        return _checked(int(self._libc.syscall(ctypes.c_long(number), *arguments)), "landlock")
