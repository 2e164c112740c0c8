"""What a PostgreSQL server says of itself, and of what we may do there."""

from dataclasses import dataclass

from sqlalchemy import text

from bot.store import replicas
from bot.store.book import Book
from bot.store.replicas import Replica

ENGINE_SCHEMA = "dbos"  # where the durable engine keeps its tables, which it makes itself
_ASK = text(
    "SELECT current_setting('server_version') AS version, current_user AS who, "
    "current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS usable, "
    "coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS tables, "
    "has_database_privilege(current_database(), 'CREATE') AS schemas, "
    "to_regnamespace(:engine) IS NOT NULL AS engine, "
    "extract(epoch FROM clock_timestamp())::float AS now"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One server as one user sees it.

    ``usable`` is how many connections it takes of users like ours; ``may_make_tables`` and ``may_make_schemas`` are
    that user's rights in this database; ``has_engine`` says that the durable engine has its schema there. ``now`` is
    the server's time in seconds since the epoch. ``living`` are the replicas nobody buried, the oldest first.
    """

    version: str
    user: str
    usable: int
    may_make_tables: bool
    may_make_schemas: bool
    has_engine: bool
    now: float
    living: tuple[Replica, ...]


async def look(book: Book) -> Server:
    """Ask the server."""
    row = (await book.connection.execute(_ASK, {"engine": ENGINE_SCHEMA})).one()
    living = await replicas.living(book) if await replicas.are_kept(book) else []
    return Server(
        version=row.version,
        user=row.who,
        usable=row.usable,
        may_make_tables=row.tables,
        may_make_schemas=row.schemas,
        has_engine=row.engine,
        now=row.now,
        living=tuple(living),
    )
