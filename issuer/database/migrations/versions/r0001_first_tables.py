"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _one_of(column: str, *words: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(
        f"{column} IN ({', '.join(repr(word) for word in words)})", name=f"{column}_known"
    )


def upgrade() -> None:
    """Make every table."""
    _make_office()
    _make_people()
    _make_stations()
    _make_passes()
    _make_passages()


def _make_office() -> None:
    op.create_table(
        "facts",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_table(
        "counters",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "audit",
        sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("operator", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
    )


def _make_people() -> None:
    op.create_table(
        "operators",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("must_change", sa.Integer, nullable=False),
        sa.Column("disabled", sa.Integer, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        _one_of("role", "admin", "issuer", "reviewer", "supervisor", "station_admin"),
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.LargeBinary, primary_key=True),
        sa.Column("operator", sa.Text, sa.ForeignKey("operators.name"), nullable=False),
        sa.Column("csrf", sa.Text, nullable=False),
        sa.Column("began_at", sa.BigInteger, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "tries",
        sa.Column("try_id", sa.LargeBinary, primary_key=True),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("tries_who", "tries", ["who", "at"])


def _make_stations() -> None:
    op.create_table(
        "checkpoints",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("zone", sa.Integer, nullable=False),
        sa.Column("secret", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "stations",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("checkpoint", sa.Text, sa.ForeignKey("checkpoints.name"), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("flag", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("enrolled_at", sa.BigInteger),
        sa.Column("withdrawn_at", sa.BigInteger),
        sa.Column("contact_at", sa.BigInteger),
        sa.Column("waiting_rows", sa.BigInteger),
        sa.Column("list_version", sa.BigInteger),
        _one_of("state", "invited", "enrolled", "withdrawn"),
        _one_of("flag", "", "conflict", "fork", "gap"),
    )
    op.create_table(
        "station_keys",
        sa.Column("public_key", sa.LargeBinary, primary_key=True),
        sa.Column("kid", sa.LargeBinary, nullable=False),
        sa.Column("station", sa.Text, sa.ForeignKey("stations.name"), nullable=False),
        sa.Column("certificate", sa.LargeBinary, nullable=False),
        sa.Column("enrolled_at", sa.BigInteger, nullable=False),
        sa.Column("revoked_at", sa.BigInteger),
    )
    op.create_index("station_keys_kid", "station_keys", ["kid"])
    op.create_table(
        "enrolment_codes",
        sa.Column("code_id", sa.LargeBinary, primary_key=True),
        sa.Column("mac_key", sa.LargeBinary, nullable=False),
        sa.Column("station", sa.Text, sa.ForeignKey("stations.name"), nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("used_by", sa.LargeBinary),
        sa.Column("request", sa.LargeBinary),
        sa.Column("answer", sa.LargeBinary),
    )


def _make_passes() -> None:
    op.create_table(
        "lists",
        sa.Column("list_number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("used", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "passes",
        sa.Column(
            "list_number",
            sa.Integer,
            sa.ForeignKey("lists.list_number"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("entry", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("id_tail", sa.Text, nullable=False),
        sa.Column("minted_status", sa.Text, nullable=False),
        sa.Column("iat", sa.BigInteger, nullable=False),
        sa.Column("exp", sa.BigInteger, nullable=False),
        sa.Column("kid", sa.Integer, nullable=False),
        sa.Column("site", sa.Text),
        sa.Column("minted_by", sa.Text, nullable=False),
        sa.Column("minted_at", sa.BigInteger, nullable=False),
        sa.Column("cose_hash", sa.LargeBinary),
    )
    op.create_index("passes_id_tail", "passes", ["id_tail", "name"])
    op.create_table(
        "entries",
        sa.Column("list_number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("entry", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.CheckConstraint("status IN (1, 2, 3)", name="status_known"),
    )
    op.create_table(
        "publications",
        sa.Column("version", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("entries", sa.BigInteger, nullable=False),
        sa.Column("state", sa.LargeBinary, nullable=False),
        sa.Column("manifest", sa.LargeBinary, nullable=False),
        sa.Column("changes", sa.BigInteger, nullable=False),
    )


def _make_passages() -> None:
    op.create_table(
        "passages",
        sa.Column("station", sa.Text, primary_key=True),
        sa.Column("passage_id", sa.LargeBinary, primary_key=True),
        sa.Column("chain", sa.LargeBinary, nullable=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("seen_at_ms", sa.BigInteger, nullable=False),
        sa.Column("clock", sa.Text, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("direction", sa.Text, nullable=False),
        sa.Column("tag", sa.LargeBinary),
        sa.Column("trace_digest", sa.LargeBinary),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("pass_issuer", sa.Text),
        sa.Column("pass_list", sa.Integer),
        sa.Column("pass_entry", sa.Integer),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("id_tail", sa.Text, nullable=False),
        sa.Column("carrier", sa.Text, nullable=False),
        sa.Column("marks", sa.Text, nullable=False),
        sa.Column("batch_hash", sa.LargeBinary, nullable=False),
        sa.Column("received_at", sa.BigInteger, nullable=False),
    )
    op.create_index("passages_sequence", "passages", ["station", "sequence"])
    op.create_index("passages_seen", "passages", ["seen_at_ms"])
    op.create_index("passages_pass", "passages", ["pass_list", "pass_entry"])
    op.create_table(
        "chains",
        sa.Column("station", sa.Text, primary_key=True),
        sa.Column("chain", sa.LargeBinary, primary_key=True),
        sa.Column("kid", sa.LargeBinary, nullable=False),
        sa.Column("began_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "evidence",
        sa.Column("station", sa.Text, primary_key=True),
        sa.Column("batch_hash", sa.LargeBinary, primary_key=True),
        sa.Column("kinds", sa.Text, nullable=False),
        sa.Column("batch", sa.LargeBinary, nullable=False),
        sa.Column("received_at", sa.BigInteger, nullable=False),
    )
