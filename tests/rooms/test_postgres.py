"""The PostgreSQL of the tests: fresh databases, and one that stops and comes back."""

import os
import subprocess
import sys
import tempfile
from time import monotonic

import psycopg
import pytest

from tests.postgres import OwnServer, Server, any_server


def test_each_database_is_empty_and_of_one_test(postgres: Server) -> None:
    first, second = postgres.fresh(), postgres.fresh()
    with psycopg.connect(first) as connection:
        connection.execute("CREATE TABLE mine (id int)")

    with psycopg.connect(second) as connection:
        assert connection.execute("SELECT to_regclass('mine')").fetchone() == (None,)

    for url in (first, second):
        postgres.drop(url)
        with pytest.raises(psycopg.OperationalError, match="does not exist"):
            psycopg.connect(url)


def test_stopped_it_refuses_and_comes_back_with_what_was_committed(own_postgres: OwnServer) -> None:
    url = own_postgres.fresh()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")

    own_postgres.stop()
    with pytest.raises(psycopg.OperationalError, match="refused"):
        psycopg.connect(url)

    own_postgres.start()
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)


def test_stopped_gently_it_comes_back_too(own_postgres: OwnServer) -> None:
    own_postgres.stop(gently=True)
    with pytest.raises(psycopg.OperationalError, match="refused"):
        psycopg.connect(own_postgres.url)

    own_postgres.start()
    psycopg.connect(own_postgres.url).close()


def refuses(url: str, *, seconds: float = 30.0) -> bool:
    """Say whether the server of ``url`` stops answering."""
    until = monotonic() + seconds
    while monotonic() < until:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            return True
    return False


def test_it_ends_with_the_process_that_started_it() -> None:
    words = (
        "from tests.postgres import own_server\nwith own_server() as server:\n print(server.url, flush=True)\n input()"
    )
    with tempfile.TemporaryDirectory() as folder:
        tests = subprocess.Popen(
            [sys.executable, "-c", words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "TMPDIR": folder},
            text=True,
        )
        assert tests.stdout is not None
        url = tests.stdout.readline().strip()
        psycopg.connect(url).close()

        tests.kill()
        tests.communicate()
        assert refuses(url)


def test_a_cut_connection_rolls_back(postgres: Server, postgres_url: str) -> None:
    connection = psycopg.connect(postgres_url)
    connection.execute("CREATE TABLE lost (id int)")

    assert postgres.cut(postgres_url) == 1
    with pytest.raises(psycopg.OperationalError):
        connection.commit()
    connection.close()

    with psycopg.connect(postgres_url) as fresh:
        assert fresh.execute("SELECT to_regclass('lost')").fetchone() == (None,)


def test_a_server_that_was_given_is_used(postgres: Server) -> None:
    with any_server(postgres.url) as given:
        assert type(given) is Server
        url = given.fresh()
        given.drop(url)

    assert url.rpartition("/")[0] == postgres.url.rpartition("/")[0]
