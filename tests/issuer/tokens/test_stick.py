from __future__ import annotations

import json
from pathlib import Path

import pytest

from issuer.app import main
from issuer.errors import Code, Fault
from issuer.people.office import Office
from issuer.tokens.actions.mint import mint_passes
from issuer.tokens.actions.publish import publish
from issuer.tokens.actions.stick import put_on_stick
from issuer.tokens.rules.passes import PassRequest
from keys.claims import Kind, Status
from tests.issuer.rigs import MadeOffice, TestClock, open_copy


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


def test_a_stick_holds_what_is_published_and_a_second_time_only_what_is_new(
    office: Office, stick: Path
) -> None:
    publish(office)
    first = put_on_stick(office, stick)
    published = contents(office.folder.published)
    assert contents(stick / "kakou") == published
    assert first.files == first.written == len(published)
    assert put_on_stick(office, stick / "kakou").written == 0


def test_packs_of_before_go_and_what_a_gate_brought_stays(
    office: Office, stick: Path, clock: TestClock
) -> None:
    publish(office)
    put_on_stick(office, stick)
    brought = stick / "kakou" / "passages" / "north-1-7"
    brought.parent.mkdir()
    brought.write_bytes(b"a batch")
    (stick / "kakou" / "packs" / "my notes").write_bytes(b"not ours to delete")
    clock.at += 600
    mint_passes(
        office,
        [PassRequest(name="", id_tail="", kind=Kind.PAPER, status=Status.RED)],
        by="li",
    )
    for _ in range(12):
        clock.at += 40 * 3600
        publish(office)
    put_on_stick(office, stick)
    on_stick = contents(stick / "kakou")
    assert on_stick.pop("passages/north-1-7") == b"a batch"
    assert on_stick.pop("packs/my notes")
    now = contents(office.folder.published)
    assert {name for name in on_stick if name.startswith("packs/")} == {
        name for name in now if name.startswith("packs/")
    }
    assert on_stick["manifest"] == now["manifest"]


@pytest.mark.parametrize("link", ["kakou", "kakou/trust"])
def test_no_link_on_a_stick_leads_us_over_other_files(
    office: Office, stick: Path, tmp_path: Path, link: str
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (stick / link).parent.mkdir(exist_ok=True)
    (stick / link).symlink_to(elsewhere)
    publish(office)
    with pytest.raises(Fault) as told:
        put_on_stick(office, stick)
    assert told.value.code is Code.FOLDER_UNUSABLE
    assert contents(elsewhere) == {}


def test_a_stick_that_fails_half_way_keeps_its_older_manifest(office: Office, stick: Path) -> None:
    publish(office)
    put_on_stick(office, stick)
    before = (stick / "kakou" / "manifest").read_bytes()
    publish(office)
    (stick / "kakou" / "trust" / ".timestamp.json.part").mkdir()  # as a damaged stick refuses
    with pytest.raises(Fault):
        put_on_stick(office, stick)
    assert (stick / "kakou" / "manifest").read_bytes() == before


def test_by_command_and_a_stick_that_is_not_there_is_told(
    made_office: MadeOffice, stick: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    open_copy(made_office, tmp_path / "data", "", TestClock()).database.close()
    data = ["--data", str(tmp_path / "data"), "--json"]
    assert main(["publish", "--to", str(stick), *data]) == 0
    assert json.loads(capsys.readouterr().out)["stick"]["folder"] == str(stick / "kakou")
    assert main(["publish", "--to", str(tmp_path / "away"), *data]) == 3
    assert json.loads(capsys.readouterr().err)["error"]["code"] == Code.FOLDER_UNUSABLE
