"""Passages by stick: what is taken along stays waiting until the office's receipt comes back."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.batches import BATCH_MAX_BYTES
from scanner.errors import IssuerTrouble, StickFault
from scanner.record.passages import PassageLog
from scanner.sync.carried import (
    CarriedBack,
    SentAlong,
    carry_out,
    file_name,
    take_back,
)
from scanner.sync.folder import FolderFetcher, FolderWriter
from scanner.sync.receipts import KEPT_MAX, KeptReceipts
from scanner.sync.upload import BATCH_ROWS
from tests.fakes.disks import fill_up, small_disk
from tests.fakes.office import Office
from tests.fakes.publisher import signing_key
from tests.keys.makers import passage
from tests.scanner.sync.rigs import NOW, enrolled_office, filled_log, sender


class Trip:
    """A station without a network, a stick, and the office that it is carried to."""

    def __init__(self, folder: Path, log: PassageLog) -> None:
        self.office: Office = enrolled_office()
        self.log = log
        self.stick = folder / "stick" / "kakou"
        self.data = folder / "station"
        self.along = SentAlong(self.data)
        self.kept = KeptReceipts(self.data)

    def out(self, sent_at: int = NOW) -> list[str]:
        """Put what waits on the stick; return the names of the files."""
        writer = FolderWriter(self.stick)
        return list(carry_out(self.log, sender(), writer, self.along, sent_at=sent_at).files)

    def at_the_office(self) -> None:
        """Let the office read every batch and answer, as it does over the network."""
        fetcher = FolderFetcher(self.stick)
        for name in fetcher.names("passages"):
            raw = fetcher.fetch(f"passages/{name}", BATCH_MAX_BYTES)
            FolderWriter(self.stick).put(f"receipts/{name}", self.office.receive(raw))

    def back(self) -> CarriedBack:
        """Take in the receipts."""
        stick = FolderFetcher(self.stick)
        trust = self.office.trust
        return take_back(self.log, sender(), trust, stick, along=self.along, kept=self.kept)

    def states(self) -> list[str]:
        return [entry.state for entry in self.log.entries()]


@pytest.fixture
def trip(tmp_path: Path) -> Iterator[Trip]:
    with filled_log(tmp_path / "station", 5) as log:
        yield Trip(tmp_path, log)


def test_rows_go_by_stick_and_are_delivered_when_the_receipts_come_back(trip: Trip) -> None:
    assert trip.out() == ["west-1-1-5"]
    assert trip.states() == ["waiting"] * 5
    assert trip.back() == CarriedBack(receipts=(), delivered=0, set_aside=0, refused=())

    trip.at_the_office()
    assert trip.office.sequences() == [1, 2, 3, 4, 5]
    assert trip.back() == CarriedBack(
        receipts=("west-1-1-5",), delivered=5, set_aside=0, refused=()
    )
    assert trip.states() == ["delivered"] * 5
    assert len(trip.kept.newest()) == 1
    assert trip.out() == []


def test_a_long_queue_goes_in_several_files(tmp_path: Path) -> None:
    with filled_log(tmp_path / "station", BATCH_ROWS + 20) as log:
        trip = Trip(tmp_path, log)
        assert trip.out() == [
            f"west-1-1-{BATCH_ROWS}",
            f"west-1-{BATCH_ROWS + 1}-{BATCH_ROWS + 20}",
        ]
        trip.at_the_office()
        assert trip.back().delivered == BATCH_ROWS + 20


def test_a_stick_carried_twice_doubles_nothing(trip: Trip) -> None:
    trip.out()
    trip.at_the_office()
    trip.log.append(passage(6))
    assert trip.out(NOW + 60) == ["west-1-1-6"]
    trip.at_the_office()

    assert len(trip.office.rows) == 6
    assert trip.back() == CarriedBack(
        receipts=("west-1-1-5", "west-1-1-6"), delivered=6, set_aside=0, refused=()
    )
    assert trip.back() == CarriedBack(
        receipts=("west-1-1-5", "west-1-1-6"), delivered=0, set_aside=0, refused=()
    )
    assert trip.states() == ["delivered"] * 6


def test_what_the_office_sets_aside_by_stick_is_set_aside_here(trip: Trip) -> None:
    trip.office.bends.set_aside = {2: "conflict"}
    trip.out()
    trip.at_the_office()

    assert trip.back() == CarriedBack(
        receipts=("west-1-1-5",), delivered=4, set_aside=1, refused=()
    )
    assert trip.states()[1] == "set_aside"


def test_a_damaged_row_stays_here_and_the_others_go(trip: Trip) -> None:
    trip.log._connection.execute("UPDATE passages SET verdict = 'let in' WHERE sequence = 3")

    report = carry_out(trip.log, sender(), FolderWriter(trip.stick), trip.along, sent_at=NOW)

    assert (report.rows, report.unreadable) == (4, 1)
    assert report.files == ("west-1-1-2", "west-1-4-5")
    assert trip.log.waiting_count() == 5
    trip.at_the_office()
    assert trip.back().delivered == 4


def test_a_damaged_row_at_the_beginning_holds_up_nothing(trip: Trip) -> None:
    trip.log._connection.execute("UPDATE passages SET verdict = 'let in' WHERE sequence = 1")

    assert trip.out() == ["west-1-2-5"]


@pytest.mark.parametrize("signer", ["thief", "hangzhou status"])
def test_a_receipt_by_another_key_marks_nothing(trip: Trip, signer: str) -> None:
    trip.office.bends.receipt_signer = signing_key(signer)
    trip.out()
    trip.at_the_office()

    assert trip.back().refused == (("west-1-1-5", "no_receipt"),)
    assert trip.log.waiting_count() == 5


def test_a_receipt_for_a_batch_that_never_went_along_marks_nothing(trip: Trip) -> None:
    trip.out()
    trip.at_the_office()
    (trip.data / "carried.json").unlink()

    assert trip.back().refused == (("west-1-1-5", "no_receipt"),)
    assert trip.log.waiting_count() == 5


def test_receipts_of_other_stations_are_left_alone(trip: Trip) -> None:
    trip.out()
    trip.at_the_office()
    receipts = trip.stick / "receipts"
    (receipts / "west-1-1-5").rename(receipts / "west-10-1-5")
    (receipts / "west-1-a-b").write_bytes(b"?")

    assert trip.back() == CarriedBack(receipts=(), delivered=0, set_aside=0, refused=())


@pytest.mark.parametrize("content", [b"", b"\xd2" * 100, bytes(2 << 20)])
def test_garbage_in_place_of_a_receipt_is_told_and_marks_nothing(
    trip: Trip, content: bytes
) -> None:
    trip.out()
    FolderWriter(trip.stick).put("receipts/west-1-1-5", content)

    [(name, code)] = trip.back().refused
    assert (name, code) == ("west-1-1-5", "too_large" if len(content) > 200 else "no_receipt")
    assert trip.log.waiting_count() == 5


def test_links_on_a_stick_are_neither_read_nor_written_through(trip: Trip, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"untouched")
    trip.stick.mkdir(parents=True)
    (trip.stick / "passages").mkdir()
    (trip.stick / "passages" / ".west-1-1-5.part").symlink_to(secret)
    assert trip.out() == ["west-1-1-5"]
    trip.at_the_office()
    receipt = trip.stick / "receipts" / "west-1-1-5"
    moved = receipt.rename(tmp_path / "moved")
    receipt.symlink_to(moved)

    assert trip.back().refused == (("west-1-1-5", "odd_file"),)
    assert secret.read_bytes() == b"untouched"


@pytest.mark.parametrize("linked", ["", "passages", "passages/west-1-1-5"])
def test_a_folder_or_file_that_is_a_link_takes_no_batch(
    trip: Trip, tmp_path: Path, linked: str
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    link = trip.stick / linked
    link.parent.mkdir(parents=True)
    link.symlink_to(elsewhere)

    with pytest.raises(IssuerTrouble) as caught:
        trip.out()
    assert caught.value.code == "odd_file"
    assert list(elsewhere.iterdir()) == []


def test_a_full_stick_says_so_and_nothing_half_written_stays(trip: Trip, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 64) as disk:
        trip.stick = disk / "kakou"
        filling = fill_up(disk)
        with pytest.raises(StickFault) as caught:
            trip.out()
        assert caught.value.code == "stick_full"
        filling.unlink()
        assert trip.out() == ["west-1-1-5"]
        found = [path.name for path in trip.stick.rglob("*") if path.is_file()]
        assert found == ["west-1-1-5"]


@pytest.mark.parametrize(
    ("name", "code"), [("a" * 300, "stick_unreadable"), ("a\0b", "odd_file"), ("..", "odd_file")]
)
def test_a_name_that_no_stick_takes_is_told_whoever_asks(
    tmp_path: Path, name: str, code: str
) -> None:
    stick = FolderFetcher(tmp_path)
    for ask in (
        lambda: FolderWriter(tmp_path).put(name, b""),
        lambda: stick.fetch(name, 9),
        lambda: stick.names(name),
    ):
        with pytest.raises(IssuerTrouble) as caught:
            ask()
        assert caught.value.code == code


def test_a_stick_that_is_not_there_is_told(trip: Trip, tmp_path: Path) -> None:
    trip.stick = tmp_path / "file"
    trip.stick.write_bytes(b"")

    with pytest.raises(StickFault) as caught:
        trip.out()
    assert caught.value.code == "stick_unwritable"
    assert FolderFetcher(trip.stick).names("receipts") == []


def test_a_stick_full_of_names_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanner.sync.folder.NAMES_MAX", 3)
    for number in range(4):
        (tmp_path / f"{number}").touch()

    with pytest.raises(IssuerTrouble) as caught:
        FolderFetcher(tmp_path).names("")
    assert caught.value.code == "too_large"


@given(names=st.lists(st.text(min_size=1, max_size=64), min_size=2, max_size=2, unique=True))
def test_every_station_has_a_file_name_of_its_own_that_leads_nowhere(names: list[str]) -> None:
    first, second = (file_name(name, 1, 22) for name in names)

    assert first.casefold() != second.casefold()
    assert first.endswith("-1-22")
    assert os.sep not in first
    assert re.fullmatch(r"\w[\w.-]{0,120}", first)
    assert len(first.encode()) < 200


def test_names_that_differ_in_capitals_alone_do_not_meet_on_a_stick() -> None:
    names = [file_name(name, 1, 2).casefold() for name in ("west-1", "West-1", "WEST-1")]
    assert len(set(names)) == 3
    assert names[0] == "west-1-1-2"


def test_a_chinese_name_is_kept() -> None:
    assert file_name("西门1", 1, 2) == "西门1-1-2"
    assert file_name("../gate", 1, 2).startswith("___gate")


def test_what_was_sent_along_is_bounded_and_a_damaged_memory_is_none(tmp_path: Path) -> None:
    along = SentAlong(tmp_path)
    along.add(bytes(32), 1, 5)
    along.add(bytes([1]) * 32, 6, 7)
    along.add(bytes(32), 1, 5)

    assert list(along.all().values()) == [(6, 7), (1, 5)]
    for damage in (b"", b"{}", b"[[1, 2, 3]]", b'[["zz", 1, 2]]', b"[" * 100_000, bytes(2 << 20)):
        (tmp_path / "carried.json").write_bytes(damage)
        assert along.all() == {}


def test_only_the_newest_receipts_are_kept(tmp_path: Path) -> None:
    kept = KeptReceipts(tmp_path)
    assert kept.newest() == []
    for number in range(1, KEPT_MAX + 4):
        kept.keep(b"%d" % number, number, number)
    (tmp_path / "receipts" / "notes.txt").write_bytes(b"")

    newest = [int(raw) for raw in kept.newest()]
    assert newest == list(range(4, KEPT_MAX + 4))


def test_a_disk_without_room_for_a_receipt_holds_up_nothing(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 64) as disk:
        fill_up(disk)
        KeptReceipts(disk).keep(bytes(70_000), 1, 2)
        assert KeptReceipts(disk).newest() == []


def test_a_receipt_that_grew_is_left_out(tmp_path: Path) -> None:
    kept = KeptReceipts(tmp_path)
    kept.keep(b"whole", 1, 1)
    kept.keep(bytes(2 << 20), 2, 2)

    assert kept.newest() == [b"whole"]
