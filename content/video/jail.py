"""Confines its own process, then becomes another program: it reads one file, writes one folder, and has no network.

Run as a script, `python -I -S jail.py SECONDS INPUT FOLDER PROGRAM ARGUMENT…`, in an empty environment; it imports
nothing of ours. None of it needs root. The network and other processes are closed by seccomp, which every Linux has,
and the network also by one of its own where the system lets one make it; files by Landlock, from Linux 5.13 on, if it
was not switched off. Without seccomp the program is not started; without Landlock it is.
"""

import ctypes
import os
import platform
import random
import resource
import signal
import struct
import sys
from pathlib import Path

MEMORY_BYTES = 1024**3
FILE_BYTES = 200 * 1024**2
OPEN_FILES = 64
CORES = 2  # that it may use; what is not confined in time by the clock on the wall, is by theirs
NOT_CONFINED = 125  # the exit code then: ffmpeg has none such
ENVIRONMENT = {"MALLOC_ARENA_MAX": "1"}  # each thread's own heap would reserve 64 MB of the memory it may have

# What a program needs of the system to be loaded: no secret, and nobody's files.
SYSTEM = ("/usr", "/lib", "/lib64", "/nix/store", "/etc/ld.so.cache")

# By machine: its number for seccomp, and its numbers of the calls that are refused.
_MACHINES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
MACHINES = frozenset(_MACHINES)
_REFUSED = {
    # A network, and the ring by which one may be had without asking for it.
    "socket": (41, 198),
    "io_uring_setup": (425, 425),
    # Other processes: to make one, which would outlive us, to read one, and to signal one.
    "fork": (57, None),
    "vfork": (58, None),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_open": (434, 434),
    "kill": (62, 129),
    "tkill": (200, 130),
    "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    # Files without opening them, which Landlock does not see (truncate: from Linux 6.2 on).
    "truncate": (76, 45),
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    # More of the kernel than a decoder needs: rights in a namespace of its own, and what had holes.
    "unshare": (272, 97),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "keyctl": (250, 219),
}
_CLONE, _CLONE3 = (56, 220), 435
_X32 = 0x40000000  # numbers from here on are x86-64's second table, of the same calls
_THREAD = 0x10000  # clone's flag for a thread of the same process
_ALLOW, _KILL, _EPERM, _ENOSYS = 0x7FFF0000, 0x80000000, 0x00050001, 0x00050026

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # Landlock's, on every machine
_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 1, 22, 24, 38
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_CAPABILITIES = 64  # more than there are

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_FOLDER, _MAKE_FILE, _TRUNCATE = (1 << bit for bit in (0, 1, 2, 3, 8, 14))
_LOAD = _EXECUTE | _READ_FILE | _READ_FOLDER
_FILL = _READ_FILE | _WRITE_FILE | _TRUNCATE | _MAKE_FILE  # no links, which could lead us out of the folder
_OF_A_FILE = _EXECUTE | _READ_FILE

_libc = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    """Confine this process and become the program.

    Raises:
        OSError: if it cannot be confined; the program is not started then.
    """
    seconds, source, folder, program = int(sys.argv[1]), *sys.argv[2:5]
    _checked(_libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0))  # a worker that is killed takes it along
    # A worker that is told to stop ends its task first: its ffmpeg, told by the same service manager, must not stop.
    signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGTERM, signal.SIGINT, signal.SIGHUP))
    _libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)  # refused in many containers; seccomp is what must hold
    for capability in range(_CAPABILITIES):  # root's, and those of the namespace; nobody else has any to lose
        _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
    _checked(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    _limit(seconds)
    _keep_to({program: _LOAD, source: _READ_FILE, folder: _FILL})
    _refuse_calls()
    os.execve(program, sys.argv[4:], ENVIRONMENT)  # noqa: S606 -- what this file is for


def landlock_version() -> int:
    """Return the version of Landlock that this system has; under 1 if it has none."""
    return int(_libc.syscall(_CREATE_RULESET, None, 0, 1))


def _limit(seconds: int) -> None:
    os.nice(10)
    ours = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, random.sample(ours, min(CORES, len(ours))))
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CPU, seconds * CORES),  # the caller's clock is earlier, if the caller lives
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _keep_to(allowed: dict[str, int]) -> None:
    """Let the process touch these paths, in these ways, and the system's own; nothing happens without Landlock."""
    version = landlock_version()
    if version < 1:
        return
    handled = (1 << (13 if version == 1 else 14 if version == 2 else 15 if version < 5 else 16)) - 1
    # From version 4 on no TCP; from 6 on no signals to others and no abstract sockets of theirs.
    attributes = struct.pack("QQQ", handled, 0b11, 0b11)[: 8 if version < 4 else 16 if version < 6 else 24]
    ruleset = _checked(_libc.syscall(_CREATE_RULESET, attributes, len(attributes), 0))
    system = dict.fromkeys(SYSTEM, _LOAD)
    for path, rights in (system | allowed).items():
        if os.path.exists(path):
            _allow(ruleset, path, rights & handled & (-1 if Path(path).is_dir() else _OF_A_FILE))
    _checked(_libc.syscall(_RESTRICT_SELF, ruleset, 0))


def _allow(ruleset: int, path: str, rights: int) -> None:
    descriptor = os.open(path, os.O_PATH)
    _checked(_libc.syscall(_ADD_RULE, ruleset, 1, struct.pack("=Qi", rights, descriptor), 0))
    os.close(descriptor)


def _refuse_calls() -> None:
    """Have the kernel answer "not permitted" to the calls above; a call of another machine's table ends the process."""
    machine, at = _MACHINES[platform.machine()]
    refused = [numbers[at] for numbers in _REFUSED.values() if numbers[at] is not None]
    ahead = len(refused)
    # Classic BPF: each instruction is (code, how many to skip if true, and if false, operand).
    program = [
        (0x20, 0, 0, 4),  # load the machine
        (0x15, 1, 0, machine),
        (0x06, 0, 0, _KILL),
        (0x20, 0, 0, 0),  # load the call's number
        (0x35, ahead + 4, 0, _X32),  # from there on: refused
        *((0x15, ahead - nth + 3, 0, number) for nth, number in enumerate(refused)),
        (0x15, 4, 0, _CLONE3),  # its flags cannot be seen; told that it does not exist, libraries use clone
        (0x15, 0, 4, _CLONE[at]),  # whatever else it is: allowed
        (0x20, 0, 0, 16),  # load clone's flags
        (0x45, 2, 0, _THREAD),  # a thread: allowed; a process: refused
        (0x06, 0, 0, _EPERM),
        (0x06, 0, 0, _ENOSYS),
        (0x06, 0, 0, _ALLOW),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *one) for one in program))
    filters = struct.pack("HL", len(program), ctypes.addressof(code))
    _checked(_libc.prctl(_PR_SET_SECCOMP, 2, filters, 0, 0))


def _checked(answer: int) -> int:
    if answer < 0:
        raise OSError(ctypes.get_errno(), "this process cannot be confined")
    return answer


if __name__ == "__main__":
    try:
        main()
    except BaseException:  # whatever it is, the caller must not take it for ffmpeg's opinion of the file
        os._exit(NOT_CONFINED)
