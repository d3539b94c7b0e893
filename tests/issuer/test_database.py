from __future__ import annotations

import sqlite3
import threading
import traceback
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from issuer.database.engine import Database, open_database
from issuer.database.facts import read_fact, take_number, write_fact
from issuer.database.migrate import migrate
from issuer.database.tables import METADATA
from issuer.errors import BadInput, Busy, Code, Fault
from issuer.people.office import Office
from tests.issuer.rigs import MadeOffice, PostgresServer, make_office, refusal


def test_the_migrations_make_the_tables_that_the_code_uses(any_office: Office) -> None:
    with any_office.database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_migrating_twice_changes_nothing(any_office: Office) -> None:
    migrate(any_office.database)
    migrate(any_office.database)
    open_database(any_office.settings.database_address(any_office.folder)).close()


def test_tables_of_another_version_are_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    with pytest.raises(Fault) as caught:
        open_database(url)
    assert caught.value.code is Code.SCHEMA_OUTDATED


def test_every_connection_waits_for_the_disk(office: Office) -> None:
    with office.database.read() as connection:
        assert connection.scalar(text("PRAGMA synchronous")) == 2
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1


def test_a_file_that_is_no_database_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "bad.db"
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(Fault) as caught:
        open_database(f"sqlite:///{path}")
    assert caught.value.code is Code.DATABASE_FAULT


def test_a_server_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(Fault) as caught:
        open_database(f"postgresql://nobody@/none?host={tmp_path}")
    assert caught.value.code is Code.DATABASE_FAULT


def test_a_writer_elsewhere_for_too_long_means_later(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("issuer.database.engine._BUSY_TIMEOUT_S", 0.05)
    url = office.settings.database_address(office.folder)
    holder = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    hurried = Database(url)
    with pytest.raises(Busy) as caught, hurried.write():
        pass
    assert caught.value.code is Code.DATABASE_BUSY
    assert caught.value.retry_after_s
    holder.close()
    hurried.close()


def test_a_full_disk_is_told_as_such(office: Office) -> None:
    def fill() -> None:
        with office.database.write() as connection:
            connection.execute(text("PRAGMA max_page_count = 10"))
            connection.execute(text("CREATE TABLE big (x)"))
            connection.execute(text("INSERT INTO big VALUES (zeroblob(10000000))"))

    assert refusal(fill) is Code.DISK_FULL


def test_text_that_no_database_holds_is_the_askers_mistake(any_office: Office) -> None:
    with pytest.raises(BadInput) as caught, any_office.database.write() as connection:
        write_fact(connection, "half", "\ud800")
    assert caught.value.code is Code.BAD_ARGUMENTS


def test_the_traceback_of_a_fault_names_no_person(any_office: Office) -> None:
    who = "*".join("王明")  # the traceback shows this line, and must not show what it makes
    with pytest.raises(Fault) as caught, any_office.database.write() as connection:
        connection.execute(text("INSERT INTO nowhere VALUES (:name)"), {"name": who})
    told = "".join(traceback.format_exception(caught.value))
    assert "nowhere" in told
    assert who not in told


def test_facts_are_written_over_and_absent_ones_are_none(any_office: Office) -> None:
    with any_office.database.write() as connection:
        write_fact(connection, "where", "here")
        write_fact(connection, "where", "there")
        assert read_fact(connection, "where") == "there"
        assert read_fact(connection, "never") is None


def test_concurrent_writers_take_different_numbers(any_office: Office) -> None:
    numbers: list[int] = []

    def work() -> None:
        for _ in range(10):
            with any_office.database.write() as connection:
                numbers.append(take_number(connection, "tries"))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(numbers) == list(range(1, 41))


def test_a_database_that_holds_an_office_takes_no_second_one(
    made_on_postgres: tuple[MadeOffice, str], postgres: PostgresServer, tmp_path: Path
) -> None:
    url = postgres.url(postgres.new_database(made_on_postgres[1]))
    assert refusal(lambda: make_office(tmp_path, url)) is Code.ALREADY_INITIALISED
