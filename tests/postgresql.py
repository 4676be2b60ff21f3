"""A PostgreSQL server of one's own, on a socket in a folder, for tests and benchmarks; nothing of it is left."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa


def programs() -> Path | None:
    """Where the server's programs are; None where there are none."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: one.parent.name.zfill(3), reverse=True)
    places = [*debian, *(Path(found).resolve().parent for found in [shutil.which("initdb")] if found)]
    return next((one for one in places if (one / "initdb").is_file()), None)


def missing() -> str | None:
    """Why no server can be started here; None where one can."""
    if os.name == "nt":
        return "the tests' PostgreSQL server listens on a Unix socket, which Windows has not"
    if programs() is None:
        return "no PostgreSQL server on this computer (Debian: apt install postgresql)"
    if importlib.util.find_spec("psycopg2") is None:
        return "the PostgreSQL driver is not installed (pip install psycopg2-binary)"
    return None


@dataclass
class Server:
    """A server that can be stopped and started; its databases are made as they are asked for."""

    place: Path
    safe: bool  # whether it waits for the disk
    made: int = 0

    def start(self) -> None:
        options = (
            f"-c listen_addresses= -c unix_socket_directories={self.place} -c fsync={'on' if self.safe else 'off'}"
        )
        self._run("pg_ctl", "-D", "data", "-o", options, "-l", "log", "-w", "-t", "120", "start")

    def stop(self) -> None:
        """Stop it as a power cut would, whatever it is doing."""
        self._run("pg_ctl", "-D", "data", "-m", "immediate", "-w", "-t", "120", "stop")

    @contextmanager
    def away(self) -> Iterator[None]:
        """It is gone for a while."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    def back(self) -> None:
        """Start it again where it was stopped."""
        if not (self.place / "data" / "postmaster.pid").exists():
            self.start()

    def address(self, name: str) -> str:
        """The SQLAlchemy address of one of its databases."""
        return f"postgresql+psycopg2://kit@/{name}?host={self.place}"

    def fresh(self) -> str:
        """The address of a new, empty database."""
        self.made += 1
        engine = sa.create_engine(self.address("postgres"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE kit{self.made}")
        return self.address(f"kit{self.made}")

    def cpu(self) -> float:
        """Seconds of CPU that it has used, those of its processes that have ended included."""
        import psutil

        head = psutil.Process(int((self.place / "data" / "postmaster.pid").read_text(encoding="utf-8").split()[0]))
        total = sum(head.cpu_times()[:4])
        for one in head.children():
            with suppress(psutil.Error):
                total += sum(one.cpu_times()[:2])
        return total

    def _run(self, name: str, *line: str) -> None:
        other = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []  # the server refuses to run as root
        # What it says goes to a file: a pipe would stay open as long as the server.
        with tempfile.TemporaryFile() as said:
            done = subprocess.run([*other, str(programs() / name), *line], stdout=said, stderr=said, cwd=self.place)
            said.seek(0)
            assert done.returncode == 0, said.read().decode(errors="replace")


@contextmanager
def running(safe: bool = True) -> Iterator[Server]:
    """A fresh server, gone with everything in it in the end.

    Args:
        safe: wait for the disk, as a server for people does; tests need not.
    """
    place = Path(tempfile.mkdtemp(prefix="learner-kit-pg-"))  # short: a socket's path may be at most 107 letters long
    if os.geteuid() == 0:
        shutil.chown(place, "postgres")
    server = Server(place, safe)
    try:
        server._run("initdb", "-D", "data", "-U", "kit", "-A", "trust", "-E", "UTF8", "--locale=C")
        server.start()
        yield server
    finally:
        if (place / "data" / "postmaster.pid").exists():
            server.stop()
        shutil.rmtree(place, ignore_errors=True)
