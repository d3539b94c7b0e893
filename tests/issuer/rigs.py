"""An office for tests with a clock of its own, a station that speaks the protocol, and servers."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx
import pytest
import uvicorn

from issuer.database.engine import Database
from issuer.errors import Code, IssuerError
from issuer.passages.actions.ingest import StationSays, receive
from issuer.people.actions.enrolment import enrol
from issuer.people.actions.stations import Invitation, invite
from issuer.people.office import Office, OfficeKeys
from issuer.serving import build_app
from issuer.settings import Folder, Settings
from issuer.tokens.actions.ceremony import Ceremony, initialise
from keys.batches import Receipt, open_receipt, seal_batch
from keys.bodies import PassageBody, encode_body
from keys.ed25519 import SigningKey
from keys.enrolment import EnrolAnswer, EnrolCode, open_answer, read_code, seal_request
from keys.passages import (
    FIRST_HASH,
    ClockGrade,
    Direction,
    Passage,
    PassageRow,
    PassIdentity,
    Verdict,
    encode_row,
    row_hash,
)
from keys.trustlist import Purpose

START_S = 1_795_000_000
PASSWORD = "correct horse 88"
SETTINGS = Settings(
    issuer="home",
    name_zh="试验办公室",
    name_en="test office",
    password_cost="interactive",
    time_zone="Asia/Shanghai",
)
_POSTGRESQL = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


@dataclass(slots=True)
class TestClock:
    """A clock that only tests move."""

    __test__ = False
    at: int = START_S

    def __call__(self) -> int:
        return self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeOffice:
    """An office as `init` left it: its folder, its database and the first operator's password."""

    folder: Path
    url: str
    password: str


def make_office(top: Path, url: str, settings: Settings = SETTINGS) -> MadeOffice:
    """Return a new office in `top`. url: a database of its own, empty for SQLite inside."""
    folder = top / "data"
    done = initialise(
        Ceremony(
            folder=Folder(folder),
            offline=(top / "offline",),
            settings=replace(settings, database_url=url),
            passphrase=None,
            now=lambda: START_S,
            draw=secrets.token_bytes,
        )
    )
    return MadeOffice(folder=folder, url=url, password=done.password)


def open_copy(made: MadeOffice, top: Path, url: str, clock: TestClock) -> Office:
    """Return an office of its own that begins where `made` stands."""
    shutil.copytree(made.folder, top)
    folder = Folder(top)
    settings = replace(SETTINGS, database_url=url)
    return Office(
        folder=folder,
        settings=settings,
        keys=OfficeKeys(folder.keys),
        database=Database(settings.database_address(folder)),
        now=clock,
        draw=secrets.token_bytes,
    )


@dataclass(slots=True, kw_only=True)
class StationRig:
    """A station: its key, its chain and the rows it has written."""

    office: Office
    name: str
    code: EnrolCode
    key: SigningKey = field(default_factory=lambda: SigningKey(os.urandom(32)))
    chain: bytes = field(default_factory=lambda: os.urandom(16))
    rows: list[PassageRow] = field(default_factory=list)

    def request(self) -> bytes:
        """Return a new enrolment request."""
        return seal_request(self.key, self.code, os.urandom(16))

    def enrol(self) -> EnrolAnswer:
        """Enrol at the office and check its answer."""
        asked = self.request()
        return self.read_answer(asked, enrol(self.office, asked))

    def read_answer(self, asked: bytes, answer: bytes) -> EnrolAnswer:
        """Return the checked answer to a request."""
        keys = station_keys(self.office)
        return open_answer(answer, key=self.key, code=self.code, request=asked, keys_of=keys)

    def write(self, count: int = 1, **changes: object) -> list[PassageRow]:
        """Write passages behind the last one and return them."""
        new = []
        for _ in range(count):
            sequence = len(self.rows) + 1
            previous = self.rows[-1].hash if self.rows else FIRST_HASH
            passage = make_passage(sequence, **changes)
            row = PassageRow(
                sequence=sequence,
                passage=passage,
                hash=row_hash(self.name, sequence, previous, passage),
            )
            self.rows.append(row)
            new.append(row)
        return new

    def batch(
        self, rows: Sequence[PassageRow], *, raw_rows: Sequence[bytes] | None = None
    ) -> bytes:
        """Return the signed batch of consecutive rows."""
        first = rows[0].sequence
        previous = self.rows[first - 2].hash if first > 1 else FIRST_HASH
        return seal_batch(
            self.key,
            station=self.name,
            chain=self.chain,
            previous_hash=previous,
            first_sequence=first,
            rows=[encode_row(row) for row in rows] if raw_rows is None else list(raw_rows),
            sent_at=START_S,
        )

    def send(self, batch: bytes) -> Receipt:
        """Send a batch and return the checked receipt."""
        return self.read_receipt(receive(self.office, batch, StationSays()))

    def read_receipt(self, raw: bytes) -> Receipt:
        """Return a receipt whose signature stands."""
        return open_receipt(raw, station_keys(self.office))


def make_passage(number: int, **changes: object) -> Passage:
    """Return a passage of pass home/0/<number>."""
    body = PassageBody(
        identity=PassIdentity("home", 0, number), name="张*", id_tail="123X", carrier="dense"
    )
    base = Passage(
        passage_id=os.urandom(16),
        seen_at_ms=(START_S + number) * 1000,
        clock=ClockGrade.CONFIRMED,
        verdict=Verdict.ADMIT,
        reason="green",
        direction=Direction.ENTRY,
        tag=None,
        trace_digest=None,
        body=encode_body(body),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def station_keys(office: Office) -> Callable[[bytes], tuple[bytes, ...]]:
    """Return the office's trusted station keys by key id."""
    trust = office.trust_list()
    return lambda kid: trust.keys_for("home", Purpose.STATION, int.from_bytes(kid, "big"))


def invited(office: Office, name: str = "gate 1", checkpoint: str | None = None) -> StationRig:
    """Return a station that holds a fresh code."""
    invitation = invite_station(office, name, checkpoint)
    return StationRig(office=office, name=invitation.station, code=read_code(invitation.code))


def invite_station(office: Office, name: str, checkpoint: str | None = None) -> Invitation:
    """Return the invitation of a station."""
    return invite(office, name=name, checkpoint=checkpoint, zone=None, url=None, by="test")


def enrolled(office: Office, name: str = "gate 1") -> StationRig:
    """Return a station that has enrolled."""
    station = invited(office, name)
    station.enrol()
    return station


@contextlib.contextmanager
def serving(office: Office) -> Iterator[str]:
    """Serve an office in a thread, with its own clock; gives the address."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    ready = threading.Event()
    server = uvicorn.Server(
        uvicorn.Config(
            build_app(office, ready.set), lifespan="on", log_config=None, server_header=False
        )
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        assert ready.wait(60)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(60)
        listener.close()
        assert not thread.is_alive()


def wait_until(holds: Callable[[], bool], seconds: float = 60.0) -> None:
    """Return as soon as `holds`, fail after `seconds`."""
    end = time.monotonic() + seconds
    pause = threading.Event()
    while not holds():
        assert time.monotonic() < end, "it never happened"
        pause.wait(0.02)


class PostgresServer:
    """A PostgreSQL server in a temporary folder, on a Unix socket, run by an unprivileged user."""

    def __init__(self, top: Path) -> None:
        self._bin = _POSTGRESQL[-1].parent
        self._top = top
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user:
            top.chmod(0o755)
            shutil.chown(top, self._user)
        self._run("initdb", "-D", str(top / "db"), "-U", "kakou", "-A", "trust", "--no-sync")
        options = f"-k {top} -c listen_addresses='' -c fsync=off -c max_connections=60"
        self._run(
            "pg_ctl", "-D", str(top / "db"), "-w", "-l", str(top / "log"), "-o", options, "start"
        )
        self._count = 0

    @staticmethod
    def is_here() -> bool:
        """Return whether the server's programs are installed."""
        return bool(_POSTGRESQL)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._bin / program), *arguments]
        subprocess.run(
            command,
            check=True,
            user=self._user,
            stdout=subprocess.DEVNULL,
            cwd=self._top,
            timeout=300,
        )

    def new_database(self, template: str = "template1") -> str:
        """Return the name of a new database made from `template`."""
        self._count += 1
        name = f"t{self._count}"
        self._run("createdb", "-h", str(self._top), "-U", "kakou", "-T", template, name)
        return name

    def url(self, name: str) -> str:
        """Return the address of a database."""
        return f"postgresql://kakou@/{name}?host={self._top}"

    def stop(self) -> None:
        """Stop the server at once; nothing in it is needed again."""
        self._run("pg_ctl", "-D", str(self._top / "db"), "-m", "immediate", "-w", "stop")


def need_postgresql() -> None:
    """Skip where the server's programs are not installed."""
    if not PostgresServer.is_here():
        pytest.skip("no PostgreSQL server programs here (Debian: postgresql)")


def refusal(deed: Callable[[], object]) -> Code | None:
    """Return the code that `deed` is refused with, None where it is done."""
    try:
        deed()
    except IssuerError as error:
        return error.code
    return None


def log_in(client: httpx.Client, name: str, password: str) -> str:
    """Log in over the API and return the CSRF token."""
    answer = client.post("/api/login", json={"name": name, "password": password})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["csrf"])
