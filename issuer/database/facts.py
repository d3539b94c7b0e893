"""Facts of the office by name, and counters that writers take turns on."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select, update

from issuer.database.tables import COUNTERS, FACTS


def read_fact(connection: Connection, name: str) -> str | None:
    """Return the fact `name`, None where it was never written."""
    found: str | None = connection.scalar(select(FACTS.c.value).where(FACTS.c.name == name))
    return found


def write_fact(connection: Connection, name: str, value: str) -> None:
    """Write the fact `name` anew."""
    connection.execute(delete(FACTS).where(FACTS.c.name == name))
    connection.execute(insert(FACTS).values(name=name, value=value))


def start_counter(connection: Connection, name: str) -> None:
    """Begin the counter `name` at 0."""
    connection.execute(insert(COUNTERS).values(name=name, value=0))


def read_counter(connection: Connection, name: str) -> int:
    """Return what the counter `name` stands at."""
    return int(connection.scalar(select(COUNTERS.c.value).where(COUNTERS.c.name == name)) or 0)


def take_number(connection: Connection, name: str) -> int:
    """Return the next number of counter `name`; other writers of it wait until this transaction
    ends.
    """
    connection.execute(
        update(COUNTERS).where(COUNTERS.c.name == name).values(value=COUNTERS.c.value + 1)
    )
    return read_counter(connection, name)
