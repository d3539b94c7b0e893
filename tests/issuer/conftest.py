"""Offices for tests: one made by the real ceremony, copied for each test, on both databases."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from issuer.people.actions.login import change_password
from issuer.people.actions.operators import add_operator
from issuer.people.office import Office
from issuer.people.rules.roles import Role
from tests.issuer.rigs import (
    PASSWORD,
    MadeOffice,
    PostgresServer,
    TestClock,
    log_in,
    make_office,
    need_postgresql,
    open_copy,
    serving,
)


@pytest.fixture
def clock() -> TestClock:
    """Return the clock of the test's office."""
    return TestClock()


@pytest.fixture(scope="session")
def made_office(tmp_path_factory: pytest.TempPathFactory) -> MadeOffice:
    """Return the SQLite office that tests copy."""
    return make_office(tmp_path_factory.mktemp("office"), "")


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """Return a PostgreSQL server; skips where its programs are not installed."""
    need_postgresql()
    # A short path: a Unix socket's name has 107 bytes at most.
    with tempfile.TemporaryDirectory(prefix="kakou-pg-", ignore_cleanup_errors=True) as top:
        server = PostgresServer(Path(top))
        try:
            yield server
        finally:
            server.stop()


@pytest.fixture(scope="session")
def made_on_postgres(
    tmp_path_factory: pytest.TempPathFactory, postgres: PostgresServer
) -> tuple[MadeOffice, str]:
    """Return the PostgreSQL office that tests copy, and its database."""
    name = postgres.new_database()
    return make_office(tmp_path_factory.mktemp("office"), postgres.url(name)), name


@pytest.fixture
def office(made_office: MadeOffice, tmp_path: Path, clock: TestClock) -> Iterator[Office]:
    """Return an office on SQLite."""
    made = open_copy(made_office, tmp_path / "data", "", clock)
    yield made
    made.database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def any_office(
    request: pytest.FixtureRequest, tmp_path: Path, clock: TestClock
) -> Iterator[Office]:
    """Return an office on SQLite, then one on PostgreSQL."""
    if request.param == "sqlite":
        made = open_copy(request.getfixturevalue("made_office"), tmp_path / "data", "", clock)
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        base, template = request.getfixturevalue("made_on_postgres")
        url = server.url(server.new_database(template))
        made = open_copy(base, tmp_path / "data", url, clock)
    yield made
    made.database.close()


@dataclass(frozen=True, slots=True)
class Served:
    """An office on loopback with one operator of each role, all with the same password."""

    office: Office
    url: str

    def client(self) -> httpx.Client:
        """Return a client that nobody is logged in with."""
        return httpx.Client(base_url=self.url, timeout=120)

    @contextmanager
    def logged_in(self, role: str) -> Iterator[httpx.Client]:
        """Give a client of the operator of `role`, with the CSRF header set."""
        with self.client() as client:
            client.headers["X-CSRF"] = log_in(client, role, PASSWORD)
            yield client


def add_operators(office: Office) -> None:
    """Add one operator of each role, named after it, who has changed the password."""
    for role in Role:
        name = "boss" if role is Role.ADMIN else role.value
        _, given = add_operator(office, name=name, role=role, by="test")
        change_password(office, name=name, old=given, new=PASSWORD, address="test")


@pytest.fixture(scope="session")
def staffed_office(made_office: MadeOffice, tmp_path_factory: pytest.TempPathFactory) -> MadeOffice:
    """Return an office with operators, that tests copy."""
    folder = tmp_path_factory.mktemp("staffed") / "data"
    made = open_copy(made_office, folder, "", TestClock())
    add_operators(made)
    made.database.close()
    return MadeOffice(folder=folder, url="", password=PASSWORD)


@pytest.fixture
def served(staffed_office: MadeOffice, tmp_path: Path, clock: TestClock) -> Iterator[Served]:
    """Return an office with operators, served on loopback."""
    made = open_copy(staffed_office, tmp_path / "data", "", clock)
    with serving(made) as url:
        yield Served(made, url)
    made.database.close()
