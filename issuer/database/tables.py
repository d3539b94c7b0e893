"""Every table of the office. Portable: text with CHECK for closed sets, whole numbers for times, no
sequences in keys.

Times are seconds since 1970 UTC unless the name ends in `_ms`. Migrations in migrations/versions
make the same tables.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

METADATA: Final = MetaData()


def _one_of(column: str, *words: str) -> CheckConstraint:
    return CheckConstraint(
        f"{column} IN ({', '.join(repr(word) for word in words)})", name=f"{column}_known"
    )


# Facts of the office by name (when it began, where `serve` last answered) and counters that writers
# take turns on.
FACTS = Table(
    "facts", METADATA, Column("name", Text, primary_key=True), Column("value", Text, nullable=False)
)
COUNTERS = Table(
    "counters",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("operator", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("details", Text, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)

OPERATORS = Table(
    "operators",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("must_change", Integer, nullable=False),
    Column("disabled", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    _one_of("role", "admin", "issuer", "reviewer", "supervisor", "station_admin"),
)
SESSIONS = Table(
    "sessions",
    METADATA,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("operator", Text, ForeignKey("operators.name"), nullable=False),
    Column("csrf", Text, nullable=False),
    Column("began_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
)
# One row for each try at a password; `who` is a name or an address, never both.
TRIES = Table(
    "tries",
    METADATA,
    Column("try_id", LargeBinary, primary_key=True),
    Column("who", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("tries_who", "who", "at"),
)

# Forms that were sent, by the token in them: sent again, they do nothing.
USED_FORMS = Table(
    "used_forms",
    METADATA,
    Column("token", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
)

CHECKPOINTS = Table(
    "checkpoints",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("zone", Integer, nullable=False),
    Column("secret", LargeBinary, nullable=False),
)
STATIONS = Table(
    "stations",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("checkpoint", Text, ForeignKey("checkpoints.name"), nullable=False),
    Column("state", Text, nullable=False),
    Column("flag", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("enrolled_at", BigInteger),
    Column("withdrawn_at", BigInteger),
    Column("contact_at", BigInteger),
    Column("waiting_rows", BigInteger),
    Column("list_version", BigInteger),
    _one_of("state", "invited", "enrolled", "withdrawn"),
    _one_of("flag", "", "conflict", "fork", "gap"),
)
STATION_KEYS = Table(
    "station_keys",
    METADATA,
    Column("public_key", LargeBinary, primary_key=True),
    Column("kid", LargeBinary, nullable=False),
    Column("station", Text, ForeignKey("stations.name"), nullable=False),
    Column("certificate", LargeBinary, nullable=False),
    Column("enrolled_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    Index("station_keys_kid", "kid"),
)
ENROLMENT_CODES = Table(
    "enrolment_codes",
    METADATA,
    Column("code_id", LargeBinary, primary_key=True),
    Column("mac_key", LargeBinary, nullable=False),
    Column("station", Text, ForeignKey("stations.name"), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("used_by", LargeBinary),
    Column("request", LargeBinary),
    Column("answer", LargeBinary),
)

LISTS = Table(
    "lists",
    METADATA,
    Column("list_number", Integer, primary_key=True, autoincrement=False),
    Column("used", BigInteger, nullable=False),
)
PASSES = Table(
    "passes",
    METADATA,
    Column(
        "list_number",
        Integer,
        ForeignKey("lists.list_number"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("entry", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("id_tail", Text, nullable=False),
    Column("minted_status", Text, nullable=False),
    Column("iat", BigInteger, nullable=False),
    Column("exp", BigInteger, nullable=False),
    Column("kid", Integer, nullable=False),
    Column("site", Text),
    Column("minted_by", Text, nullable=False),
    Column("minted_at", BigInteger, nullable=False),
    Column("cose_hash", LargeBinary),
    Index("passes_id_tail", "id_tail", "name"),
)
# Entries that are not green; what is absent is green.
ENTRIES = Table(
    "entries",
    METADATA,
    Column("list_number", Integer, primary_key=True, autoincrement=False),
    Column("entry", Integer, primary_key=True, autoincrement=False),
    Column("status", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    CheckConstraint("status IN (1, 2, 3)", name="status_known"),
)
PUBLICATIONS = Table(
    "publications",
    METADATA,
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("entries", BigInteger, nullable=False),
    Column("state", LargeBinary, nullable=False),
    Column("manifest", LargeBinary, nullable=False),
    Column("changes", BigInteger, nullable=False),
)

PASSAGES = Table(
    "passages",
    METADATA,
    Column("station", Text, primary_key=True),
    Column("passage_id", LargeBinary, primary_key=True),
    Column("chain", LargeBinary, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("seen_at_ms", BigInteger, nullable=False),
    Column("clock", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("direction", Text, nullable=False),
    Column("tag", LargeBinary),
    Column("trace_digest", LargeBinary),
    Column("body", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("pass_issuer", Text),
    Column("pass_list", Integer),
    Column("pass_entry", Integer),
    Column("name", Text, nullable=False),
    Column("id_tail", Text, nullable=False),
    Column("carrier", Text, nullable=False),
    Column("marks", Text, nullable=False),
    Column("batch_hash", LargeBinary, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    # Which passage a note or a decision by hand speaks of, and what a guard added (JSON or empty).
    Column("about", LargeBinary),
    Column("observed", Text, nullable=False, server_default=""),
    Index("passages_sequence", "station", "sequence"),
    Index("passages_about", "station", "about"),
    Index("passages_seen", "seen_at_ms"),
    Index("passages_pass", "pass_list", "pass_entry"),
)
CHAINS = Table(
    "chains",
    METADATA,
    Column("station", Text, primary_key=True),
    Column("chain", LargeBinary, primary_key=True),
    Column("kid", LargeBinary, nullable=False),
    Column("began_at", BigInteger, nullable=False),
)
# What a station signed and should not have: kept as it came, with its batch, so that others can
# judge it too.
EVIDENCE = Table(
    "evidence",
    METADATA,
    Column("station", Text, primary_key=True),
    Column("batch_hash", LargeBinary, primary_key=True),
    Column("kinds", Text, nullable=False),
    Column("batch", LargeBinary, nullable=False),
    Column("received_at", BigInteger, nullable=False),
)
