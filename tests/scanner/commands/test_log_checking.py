"""`log verify`, `log --key`, `log --set-aside`, `log export`: what a keeper or a court asks of a
box.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from keys.bodies import PassageBody, encode_body
from keys.keyfile import write_passage_key
from keys.passages import PassIdentity
from keys.sealing import passage_key, passage_public, seal_body
from scanner.commands.everyday import enrol, sync, sync_from
from scanner.commands.log import export_log, log_lines, read_passphrase
from scanner.commands.log_checking import _NEXT, RECEIPT_NOT_BY_OFFICE, verify_lines
from scanner.errors import BadSetting
from scanner.record.database import FILE_NAME, open_database
from scanner.record.passages import PassageLog
from scanner.record.verifying import Found
from scanner.surroundings.known import open_known
from scanner.sync.folder import FolderWriter
from scanner.sync.receipts import KeptReceipts
from tests.conftest import ROOT
from tests.fakes.office import Office
from tests.fakes.office_server import OfficeServer, serving
from tests.keys.makers import passage

ROWS = 12
SECRET = bytes(range(32))


class Box:
    """An enrolled station of a folder, its office and the line between."""

    def __init__(self, folder: Path, office: Office, server: OfficeServer) -> None:
        self.data = folder
        self.office = office
        self.server = server
        self._next = 1
        self.name = f"north{len(office.stations)}"
        enrol(folder, office.add_station(self.name), server.url)

    def write(self, rows: int, body: PassageBody | None = None) -> None:
        """Let the station log so many passages."""
        from keys.heads import row_signer
        from scanner.surroundings.syncing import owner_of

        owner = owner_of(open_known(self.data))
        sign = row_signer(owner.key, owner.station, owner.chain)
        key = passage_key(passage_public(SECRET))
        database = open_database(self.data)
        log = PassageLog(database, owner.station, lambda plain: seal_body(plain, key), sign)
        for _ in range(rows):
            raw = encode_body(body or PassageBody())
            log.append(passage(self._next, body=raw))
            self._next += 1
        database.close()

    def change(self, *statements: str) -> None:
        """Do to the file what somebody does who has it and not the key."""
        with sqlite3.connect(self.data / FILE_NAME) as connection:
            for statement in statements:
                connection.execute(statement)
        connection.close()

    def found(self, *receipts: Path) -> list[str]:
        """Return the codes that are found; [] if the log holds."""
        *findings, last = verify_lines(self.data, receipts)
        assert last["holds"] == (not findings)
        assert all(line["next"] for line in findings)
        return [line["code"] for line in findings]

    def newest_receipt(self, into: Path) -> Path:
        """Return a copy of the newest receipt, kept elsewhere."""
        into.write_bytes(KeptReceipts(self.data).newest()[-1])
        return into


@pytest.fixture(scope="module")
def office() -> Iterator[tuple[Office, OfficeServer]]:
    import time

    office = Office(int(time.time()))
    office.publish()
    with serving(office) as server:
        yield office, server


@pytest.fixture
def box(office: tuple[Office, OfficeServer], tmp_path: Path) -> Box:
    return Box(tmp_path / "box", *office)


def kakou(box: Box, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scanner", "--data", str(box.data), *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )


def test_a_log_as_its_station_wrote_it_holds_before_and_after_it_was_sent(box: Box) -> None:
    assert box.found() == []
    box.write(ROWS)
    assert box.found() == []
    sync(box.data)

    *_, last = verify_lines(box.data, [])
    assert (last["rows"], last["signed_to"], last["receipts"]) == (ROWS, ROWS, 1)


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE passages SET verdict = 'refuse' WHERE sequence = 5", Found.ROW_EDITED),
        ("UPDATE passages SET seen_at_ms = seen_at_ms + 1 WHERE sequence = 1", Found.ROW_EDITED),
        ("UPDATE passages SET reason = 'red' WHERE sequence = 12", Found.ROW_EDITED),
        ("UPDATE passages SET tag = zeroblob(16) WHERE sequence = 4", Found.ROW_EDITED),
        ("DELETE FROM passages WHERE sequence = 6", Found.ROWS_MISSING),
        ("DELETE FROM passages WHERE sequence = 1", Found.ROWS_MISSING),
    ],
)
def test_every_edited_or_dropped_row_is_found(box: Box, statement: str, code: Found) -> None:
    box.write(ROWS)
    box.change(statement)

    assert code in box.found()


def test_a_cut_tail_is_found_by_the_receipt_that_the_station_kept(box: Box) -> None:
    box.write(ROWS)
    sync(box.data)
    box.change(
        "DELETE FROM passages WHERE sequence > 9",
        "DELETE FROM heads WHERE sequence > 9",
        "DELETE FROM waiting",
    )

    assert Found.TAIL_CUT in box.found()


def test_a_disk_that_was_put_back_is_found_by_a_receipt_kept_elsewhere(
    box: Box, tmp_path: Path
) -> None:
    box.write(5)
    sync(box.data)
    old = (box.data / FILE_NAME).read_bytes()
    box.write(5)
    sync(box.data)
    receipt = box.newest_receipt(tmp_path / "receipt")
    for path in (box.data / "receipts").iterdir():
        path.unlink()
    for name in (FILE_NAME + "-wal", FILE_NAME + "-shm"):
        (box.data / name).unlink(missing_ok=True)
    (box.data / FILE_NAME).write_bytes(old)
    assert box.found() == ["tail_cut"]  # the head beside the log knows of more
    (box.data / "station.head").unlink()

    assert box.found() == []
    assert box.found(receipt) == [Found.TAIL_CUT]
    told = kakou(box, "--json", "log", "verify", "--receipt", str(receipt))
    assert told.returncode == 1
    assert json.loads(told.stdout.splitlines()[0])["code"] == "tail_cut"


def test_a_receipt_that_the_office_did_not_sign_is_told(box: Box, tmp_path: Path) -> None:
    box.write(2)
    sync(box.data)
    receipt = box.newest_receipt(tmp_path / "receipt")
    raw = receipt.read_bytes()
    receipt.write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))

    assert box.found(receipt) == [RECEIPT_NOT_BY_OFFICE]


def test_a_receipt_that_is_not_there_is_a_mistake_and_no_finding(box: Box, tmp_path: Path) -> None:
    with pytest.raises(BadSetting):
        list(verify_lines(box.data, [tmp_path / "nothing"]))


def test_the_command_says_it_in_lines_for_people(box: Box) -> None:
    box.write(3)
    well = kakou(box, "log", "verify")
    assert (well.returncode, "holds: True" in well.stdout) == (0, True)

    box.change("UPDATE passages SET verdict = 'refuse' WHERE sequence = 2")
    told = kakou(box, "log", "verify")
    assert (told.returncode, "row_edited" in told.stdout) == (1, True)
    assert "Traceback" not in told.stderr


def test_every_finding_says_what_to_do() -> None:
    assert set(_NEXT) == set(Found)


# --- sealed bodies


BODY = PassageBody(
    identity=PassIdentity("hangzhou", 3, 7),
    name="王*明",
    note="papers wet",
    about=bytes(16),
    salt=bytes(16),
)


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "district.key"
    write_passage_key(path, SECRET)
    return path


def test_bodies_are_closed_without_the_key_and_open_with_it(box: Box, key: Path) -> None:
    box.write(1, BODY)

    [closed] = log_lines(box.data)
    assert (closed["sealed"], closed["pass"]) == (True, None)
    assert "body" not in closed
    [opened] = log_lines(box.data, [key])
    assert opened["pass"] == "hangzhou/3/7"
    assert opened["body"] == {"name": "王*明", "note": "papers wet", "about": "00" * 16}


def test_another_key_opens_nothing_and_both_together_open_it(
    box: Box, tmp_path: Path, key: Path
) -> None:
    box.write(1, BODY)
    write_passage_key(tmp_path / "other.key", bytes(32)[:-1] + b"\1")

    [line] = log_lines(box.data, [tmp_path / "other.key"])
    assert (line["body"], line["body_code"]) == (None, "passage_key_missing")
    [line] = log_lines(box.data, [tmp_path / "other.key", key])
    assert line["body"]["name"] == "王*明"


def test_a_key_under_a_passphrase_is_opened_by_the_file_that_holds_it(
    box: Box, tmp_path: Path
) -> None:
    box.write(1, BODY)
    write_passage_key(tmp_path / "k", SECRET, passphrase="three wet papers")
    (tmp_path / "p").write_text("three wet papers\n")

    told = kakou(box, "log", "--key", str(tmp_path / "k"), "--passphrase-file", str(tmp_path / "p"))
    assert json.loads(told.stdout)["body"]["name"] == "王*明"
    refused = kakou(box, "--json", "log", "--key", str(tmp_path / "k"))
    assert json.loads(refused.stderr)["error"]["code"] == "key_file_passphrase"
    with pytest.raises(BadSetting):
        read_passphrase(tmp_path / "nothing")


def test_an_emptied_row_says_that_its_body_was_deleted(box: Box, key: Path) -> None:
    box.write(1, BODY)
    box.change("UPDATE passages SET emptied = 1, body = zeroblob(length(body))")

    [line] = log_lines(box.data, [key])
    assert (line["body"], line["body_code"]) == (None, "deleted")


# --- what was set aside, and what goes by stick


def test_rows_set_aside_are_listed_with_what_to_do(box: Box) -> None:
    box.write(3)
    box.office.bends.set_aside = {2: "conflict", 3: "odd_word"}
    try:
        sync(box.data)
    finally:
        box.office.bends.set_aside = {}

    listed = list(log_lines(box.data, aside=True))
    assert [(line["sequence"], line["set_aside"]) for line in listed] == [
        (2, "conflict"),
        (3, "odd_word"),
    ]
    assert all(line["next"] for line in listed)
    assert len(kakou(box, "log", "--set-aside").stdout.splitlines()) == 2


Carry = Callable[[Box, Path], None]


def _at_the_office(box: Box, stick: Path) -> None:
    for path in sorted((stick / "kakou" / "passages").iterdir()):
        receipt = box.office.receive(path.read_bytes())
        FolderWriter(stick / "kakou").put(f"receipts/{path.name}", receipt)


def test_a_stick_takes_rows_to_the_office_and_brings_receipts_back(
    box: Box, tmp_path: Path
) -> None:
    box.write(ROWS)
    stick = tmp_path / "stick"
    told: dict[str, Any] = json.loads(
        kakou(box, "--json", "log", "export", "--to", str(stick)).stdout
    )
    assert (told["rows"], told["files"]) == (ROWS, [f"{box.name}-1-{ROWS}"])
    assert {line["state"] for line in log_lines(box.data)} == {"waiting"}
    _at_the_office(box, stick)

    report = sync_from(box.data, stick)
    assert "pull" not in report
    assert (report["receipts"]["delivered"], report["receipts"]["waiting"]) == (ROWS, 0)
    assert {line["state"] for line in log_lines(box.data)} == {"delivered"}
    assert box.found() == []


def test_a_stick_with_lists_and_receipts_brings_both(box: Box, tmp_path: Path) -> None:
    box.write(2)
    stick = tmp_path / "stick"
    export_log(box.data, stick / "kakou")
    _at_the_office(box, stick)
    for name, raw in box.office.published.items():
        path = stick / "kakou" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)

    report = sync_from(box.data, stick / "kakou")
    assert (report["pull"]["ok"], report["receipts"]["delivered"]) == (True, 2)


def test_a_folder_without_anything_of_ours_is_told(box: Box, tmp_path: Path) -> None:
    report = sync_from(box.data, tmp_path)

    assert (report["pull"]["ok"], "receipts" in report) == (False, False)
