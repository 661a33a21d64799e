"""A filter of system calls, assembled by hand (classic BPF; `man 2 seccomp`, `man 2 bpf`).

Numbers come from the kernel's `arch/x86/entry/syscalls/syscall_64.tbl` and `include/uapi/asm-generic/unistd.h`.

>>> len(assemble("x86_64", Policy())) % 8  # one instruction is eight bytes
0
>>> assemble("mips", Policy())
b''
"""

import errno
import struct
from dataclasses import dataclass

AUDIT_ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
X32_BIT = 0x40000000
AF_UNIX, AF_INET, AF_INET6 = 1, 2, 10
LOAD, JUMP_EQUAL, JUMP_AT_LEAST, JUMP_ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, ERROR, KILL = 0x7FFF0000, 0x00050000, 0x80000000
AT_NUMBER, AT_ARCHITECTURE, AT_ARGUMENTS = 0, 4, 16
CLONE_NEW_NAMESPACES = 0x7E020080  # user, pid, net, ipc, uts, cgroup, mount, time

# name: (x86_64, aarch64); None where the architecture has no such call
DENIED: dict[str, tuple[int | None, int | None]] = {
    # other processes
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "pidfd_getfd": (438, 438), "process_madvise": (440, 440), "migrate_pages": (256, 238), "move_pages": (279, 239),
    "ioprio_set": (251, 30),
    # namespaces and mounts
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41),
    "chroot": (161, 51), "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430),
    "open_tree_attr": (467, 467),
    "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442),
    # the kernel itself, and ways round the walls
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282), "open_by_handle_at": (304, 265),
    "name_to_handle_at": (303, 264), "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106),
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "reboot": (169, 142), "swapon": (167, 224),
    "swapoff": (168, 225), "syslog": (103, 116), "acct": (163, 89), "quotactl": (179, 60), "quotactl_fd": (443, 443),
    "settimeofday": (164, 170), "clock_settime": (227, 112), "adjtimex": (159, 171), "clock_adjtime": (305, 266),
    "sethostname": (170, 161), "setdomainname": (171, 162), "iopl": (172, None), "ioperm": (173, None),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219), "fanotify_init": (300, 262),
    "lookup_dcookie": (212, 18), "vhangup": (153, 58), "nfsservctl": (180, 42),
}  # fmt: skip

# Memory that belongs to no process, so that no count of processes finds it; programs take these as not built in.
ABSENT: dict[str, tuple[int | None, int | None]] = {
    "clone3": (435, 435),  # its flags lie in memory, where no filter can look; libc falls back to clone
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "memfd_create": (319, 279), "memfd_secret": (447, 447), "shmget": (29, 194), "msgget": (68, 186),
    "semget": (64, 190), "mq_open": (240, 180), "mq_unlink": (241, 181),
}  # fmt: skip

# Where no PID namespace hides other processes: none may leave its group, or get at what the user shares.
SHARED_PIDS: dict[str, tuple[int | None, int | None]] = {
    "setsid": (112, 157), "setpgid": (109, 154), "inotify_add_watch": (254, 27),
    "shmctl": (31, 195), "shmat": (30, 196), "semctl": (66, 191), "semop": (65, 193), "semtimedop": (220, 192),
    "msgctl": (71, 187), "msgsnd": (69, 189), "msgrcv": (70, 188),
}  # fmt: skip

# May be called about oneself only, which is where these arguments are 0: the supervisor can be of the same user.
ONESELF: dict[str, tuple[int, int, tuple[int, ...]]] = {
    "prlimit64": (302, 261, (0,)), "setpriority": (141, 140, (0, 1)), "sched_setaffinity": (203, 122, (0,)),
    "sched_setscheduler": (144, 119, (0,)), "sched_setparam": (142, 118, (0,)), "sched_setattr": (314, 274, (0,)),
}  # fmt: skip

# Landlock does not cover a file's attributes, so those of files anywhere could be changed as their modes allow. These
# calls do nothing and say that they succeeded, for `shutil.copy2` and its like go on then. On an open file they work.
ATTRIBUTES: dict[str, tuple[int | None, int | None]] = {
    "chmod": (90, None), "fchmodat": (268, 53), "fchmodat2": (452, 452), "chown": (92, None), "lchown": (94, None),
    "fchownat": (260, 54), "utime": (132, None), "utimes": (235, None), "futimesat": (261, None), "setxattr": (188, 5),
    "lsetxattr": (189, 6), "removexattr": (197, 14), "lremovexattr": (198, 15), "setxattrat": (463, 463),
    "removexattrat": (466, 466), "file_setattr": (469, 469),
}  # fmt: skip

# Every way to signal another process; where Landlock does not stop it, only a command's own group and itself may be.
SIGNALS: dict[str, tuple[int | None, int | None]] = {
    "tkill": (200, 130), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424),
}  # fmt: skip
OWN_PID = 0x7FFFFF5A
"""Stands for the command's process, which puts its own number there; no process has this one (the most is 2^22)."""

NUMBERS = {"kill": (62, 129), "tgkill": (234, 131), "clone": (56, 220), "socket": (41, 198), "socketpair": (53, 199),
           "utimensat": (280, 88), "truncate": (76, 45)}  # fmt: skip


@dataclass(frozen=True)
class Policy:
    """What differs between the walls."""

    families: tuple[int, ...] = (AF_INET, AF_INET6)
    """Kinds of sockets that may be made, besides local ones; none but `socketpair` where it is empty.

    In a network namespace of one's own even internet sockets lead nowhere. Virtual machine sockets are not part of it.
    """
    shared: bool = False
    """Other processes of this machine, and its files, are in sight."""
    own_signals: bool = False
    """Landlock before version 6 does not scope signals. Descendants of a command can't be signalled either, then."""
    deny_truncate: bool = False
    """Landlock before version 3 lets any file of one's own be cut."""


def assemble(machine: str, policy: Policy) -> bytes:
    """The program for `machine` (as `os.uname` names it), an array of `struct sock_filter`; empty if unknown."""
    if machine not in AUDIT_ARCHITECTURE:
        return b""
    column = 0 if machine == "x86_64" else 1
    code = [(LOAD, 0, 0, AT_ARCHITECTURE), (JUMP_EQUAL, 1, 0, AUDIT_ARCHITECTURE[machine]), (RETURN, 0, 0, KILL)]
    code += [(LOAD, 0, 0, AT_NUMBER)]
    if machine == "x86_64":
        code += [(JUMP_AT_LEAST, 0, 1, X32_BIT), (RETURN, 0, 0, ERROR | errno.ENOSYS)]
    answers = [(DENIED, errno.EPERM), (ABSENT, errno.ENOSYS)]
    answers += [(SHARED_PIDS, errno.EPERM)] if policy.shared else []
    answers += [(SIGNALS, errno.EPERM)] if policy.own_signals else []
    answers += [(ATTRIBUTES, 0)] if policy.shared else []
    for calls, answer in answers:
        for numbers in calls.values():
            if (number := numbers[column]) is not None:
                code += [(JUMP_EQUAL, 0, 1, number), (RETURN, 0, 0, ERROR | answer)]
    code += _on(NUMBERS["clone"][column], _if_any_bit(0, CLONE_NEW_NAMESPACES, ERROR | errno.EPERM))
    families = (AF_UNIX, *policy.families) if policy.families else ()
    code += _on(NUMBERS["socket"][column], _unless_equal(0, families, ERROR | errno.EACCES))
    code += _on(NUMBERS["socketpair"][column], _unless_equal(0, (AF_UNIX,), ERROR | errno.EACCES))
    for *both, arguments in ONESELF.values():
        code += _on(both[column], _unless_zero(arguments, ERROR | errno.EPERM))
    if policy.own_signals:
        code += _on(NUMBERS["kill"][column], _unless_equal(0, (0, OWN_PID), ERROR | errno.EPERM))
        code += _on(NUMBERS["tgkill"][column], _unless_equal(0, (OWN_PID,), ERROR | errno.EPERM))
    if policy.shared:  # a path of NULL means the open file
        code += _on(NUMBERS["utimensat"][column], _unless_null(1, ERROR | 0))
    if policy.deny_truncate:
        code += [(JUMP_EQUAL, 0, 1, NUMBERS["truncate"][column]), (RETURN, 0, 0, ERROR | errno.EPERM)]
    code.append((RETURN, 0, 0, ALLOW))
    return b"".join(struct.pack("HBBI", *instruction) for instruction in code)


Instruction = tuple[int, int, int, int]


def _on(number: int, body: list[Instruction]) -> list[Instruction]:
    """`body` decides about call `number`, and returns in every case."""
    return [(JUMP_EQUAL, 0, len(body), number), *body]


def _low(argument: int) -> Instruction:
    return (LOAD, 0, 0, AT_ARGUMENTS + 8 * argument)  # both architectures are little-endian


def _if_any_bit(argument: int, mask: int, answer: int) -> list[Instruction]:
    return [_low(argument), (JUMP_ANY_BIT, 0, 1, mask), (RETURN, 0, 0, answer), (RETURN, 0, 0, ALLOW)]


def _unless_equal(argument: int, values: tuple[int, ...], answer: int) -> list[Instruction]:
    body = [_low(argument)]
    for value in values:
        body += [(JUMP_EQUAL, 0, 1, value), (RETURN, 0, 0, ALLOW)]
    return [*body, (RETURN, 0, 0, answer)]


def _unless_null(argument: int, answer: int) -> list[Instruction]:
    high = (LOAD, 0, 0, AT_ARGUMENTS + 8 * argument + 4)
    return [
        _low(argument),
        (JUMP_EQUAL, 0, 3, 0),
        high,
        (JUMP_EQUAL, 0, 1, 0),
        (RETURN, 0, 0, ALLOW),
        (RETURN, 0, 0, answer),
    ]


def _unless_zero(arguments: tuple[int, ...], answer: int) -> list[Instruction]:
    body: list[Instruction] = []
    for argument in arguments:
        body += [_low(argument), (JUMP_EQUAL, 1, 0, 0), (RETURN, 0, 0, answer)]
    return [*body, (RETURN, 0, 0, ALLOW)]
