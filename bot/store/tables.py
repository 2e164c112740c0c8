"""The declared tables; ``migrations`` is held to them by a test.

Times are seconds since the epoch (float, UTC). Nothing here holds a secret: no token, no ``response_url``, no
``trigger_id``.
"""

from sqlalchemy import JSON, Column, Float, ForeignKey, Index, Integer, MetaData, String, Table, Text, UniqueConstraint

from bot.domain.change import OPEN, State

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Who works on this database. ``beats`` grows each second; one that stands still for too long is buried by the others,
# and what a buried one wakes up to do is refused in the same transaction (the fence). ``number`` is the order of birth.
replicas = Table(
    "replicas",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("beats", Integer, nullable=False),
    Column("started_at", Float, nullable=False),
    Column("buried_at", Float),
    sqlite_autoincrement=True,
)

# When each cloud action may be called next, whichever replica calls it; on the database's clock.
paces = Table(
    "paces",
    metadata,
    Column("action", String(64), primary_key=True),
    Column("next_at", Float, nullable=False),
)

# What people sent us, stored before it is acknowledged. ``key`` is a digest of Slack's own id of the interaction: the
# same envelope delivered twice is one row. ``replica`` is who works on it.
intake = Table(
    "intake",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("body", JSON, nullable=False),
    Column("received_at", Float, nullable=False),
    Column("finished_at", Float, index=True),
    Column("replica", String(64)),
)

changes = Table(
    "changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("intake", String(64), ForeignKey("intake.key"), nullable=False, unique=True),
    Column("state", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Column("verb", String(32), nullable=False),
    Column("operation", JSON, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("load_balancer", String(64), nullable=False),
    Column("target", String(255), nullable=False),
    Column("reason", Text, nullable=False),
    Column("requester", String(32), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("created_at", Float, nullable=False),
    Column("expires_at", Float, nullable=False),
    Column("rule", JSON),  # what people are asked under; null for what was asked before there were rules
    Column("approvals", JSON),  # of this version; null for what was asked before there were rules
    Column("decided_by", String(32)),
    Column("decided_at", Float),
    Column("turn", Integer),  # place in the order of approvals, over all load balancers
    Column("starts_at", Float),  # until then an approved change has no turn; null: at once
    Column("window", Text),  # the policy's, whose opening that is
    Column("note", Text, nullable=False, default=""),
    Column("started_at", Float),
    Column("ended_at", Float),
    Column("ending", String(32)),
    Column("findings", JSON, nullable=False),
    Column("moved", JSON, nullable=False),
    sqlite_autoincrement=True,  # CR-7 is never given twice
)
Index("one_running_per_load_balancer", changes.c.load_balancer, unique=True,
      sqlite_where=changes.c.state == State.RUNNING, postgresql_where=changes.c.state == State.RUNNING)  # fmt: skip
Index("one_open_per_target", changes.c.target, unique=True,
      sqlite_where=changes.c.state.in_(sorted(OPEN)), postgresql_where=changes.c.state.in_(sorted(OPEN)))  # fmt: skip
Index("ix_changes_waiting", changes.c.state, changes.c.expires_at)

# The rule of the one write: who inserted (change, number) may call, once.
attempts = Table(
    "attempts",
    metadata,
    Column("change", Integer, ForeignKey("changes.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("called_at", Float, nullable=False),
    Column("answered_at", Float),
    Column("answer", String(16)),  # accepted, refused, unanswered, not_sent
    Column("task", String(128), nullable=False, default=""),
    Column("request_id", String(128), nullable=False, default=""),
    Column("code", String(128), nullable=False, default=""),
)

# What somebody approved in advance: how many changes began with it, until when others may. G-3 is never given twice.
grants = Table(
    "grants",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("intake", String(64), ForeignKey("intake.key"), nullable=False, unique=True),
    Column("giver", String(32), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("verb", String(32), nullable=False),
    Column("load_balancer", String(64), nullable=False, index=True),
    Column("listener", String(64), nullable=False),  # "": any
    Column("backends", JSON, nullable=False),  # empty: any
    Column("reason", Text, nullable=False),
    Column("given_at", Float, nullable=False),
    Column("until", Float, nullable=False),
    Column("uses", Integer, nullable=False),
    Column("used", Integer, nullable=False),
    Column("revoked_at", Float),
    Column("revoked_by", String(32)),
    Column("revoked_why", Text),
    sqlite_autoincrement=True,
)

# What somebody has to look at afterwards: each emergency, which nobody approved. The quota goes by ``opened_at``, of
# those that called or may still call.
reviews = Table(
    "reviews",
    metadata,
    Column("change", Integer, ForeignKey("changes.id"), primary_key=True, autoincrement=False),
    Column("opened_at", Float, nullable=False, index=True),
    Column("use", Integer, nullable=False),
    Column("quota", Integer, nullable=False),
    Column("period", Float, nullable=False),
    Column("signed_at", Float),
    Column("signed_by", String(32)),
    Column("note", Text),
)

# What Slack shall show. ``wanted`` grows with each newer state, ``delivered`` follows; an edit is one call however
# many states it skips. ``sending_at`` is set before a first post: after a crash the bot looks the message up first.
# ``replica`` is whose memory holds the quickest way to the person of an answer; while that one lives, it tries first.
posts = Table(
    "posts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("change", Integer, ForeignKey("changes.id"), index=True),
    Column("purpose", String(80), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("user", String(32)),  # set for an answer only this person sees
    Column("body", JSON, nullable=False),
    Column("wanted", Integer, nullable=False),
    Column("delivered", Integer, nullable=False, server_default="0"),
    Column("ts", String(32)),
    Column("sending_at", Float),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("not_before", Float, nullable=False, server_default="0"),
    Column("given_up", String(128)),
    Column("replica", String(64)),
    Column("created_at", Float, nullable=False),
    UniqueConstraint("change", "purpose"),
)

# Load balancers that people froze; at most one freeze of each holds at a time. One that ended by itself says only
# ``until``.
freezes = Table(
    "freezes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("intake", String(64), ForeignKey("intake.key"), nullable=False, unique=True),
    Column("load_balancer", String(64), nullable=False, index=True),
    Column("reason", Text, nullable=False),
    Column("by", String(32), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("at", Float, nullable=False),
    Column("until", Float, nullable=False),
    Column("lifted_at", Float),
    Column("lifted_by", String(32)),
    Column("lifted_why", Text),
    sqlite_autoincrement=True,
)

# The record: one row for every request, decision, call, answer and post, written with the state it explains.
events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Float, nullable=False),
    Column("change", Integer, ForeignKey("changes.id"), index=True),
    Column("actor", String(64), nullable=False),
    Column("kind", String(64), nullable=False),
    Column("facts", JSON, nullable=False),
    sqlite_autoincrement=True,
)

# The chain of hashes over the events (``bot/store/chain.py``): one link for each, in their order. It names its event
# without a foreign key: it must outlive a row that somebody took away, to show that there was one.
links = Table(
    "links",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("event", Integer, nullable=False, unique=True),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

# One row: the random id of this installation, and how far the chain reaches, so that an end cut off shows.
chain = Table(
    "chain",
    metadata,
    Column("installation", String(64), primary_key=True),
    Column("length", Integer, nullable=False),
    Column("event", Integer, nullable=False),
    Column("head", String(64), nullable=False),
)
