"""The PostgreSQL of the tests: fresh databases, and one that stops and comes back."""

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
