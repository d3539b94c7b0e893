"""The drill on a copy: real passes and keys are burned there, and the office stays as it is."""

from __future__ import annotations

import hashlib
import json
import tempfile
from pathlib import Path

import pytest

from issuer.errors import Code, Fault
from issuer.people.office import Office
from issuer.tokens.actions.mint import mint_passes
from issuer.tokens.actions.publish import publish
from issuer.tokens.rules.passes import PassRequest
from issuer.trust.actions.burning import burn, genuine
from issuer.trust.actions.drill_copy import drill_on_copy
from issuer.trust.actions.rotation import rotate
from issuer.trust.actions.signers import Media
from issuer.trustfiles import read_trust
from keys.claims import Kind
from keys.trustlist import Purpose
from tests.issuer.rigs import enrolled
from tests.issuer.trust.rigs import BY, Station, mint, refused, run
from tests.issuer.trust.test_policies import settled


def bytes_of(folder: Path) -> dict[str, str]:
    """Return the hash of every file, but SQLite's index of the log, which every reader writes."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith("-shm")
    }


def living(office: Office, count: int) -> list[str]:
    asked = [PassRequest(name="王*", id_tail="123X", kind=Kind.PAPER) for _ in range(count)]
    return [done.full for done in mint_passes(office, asked, by=BY)]


def test_the_copy_is_burned_and_the_original_keeps_every_byte(
    any_office: Office, tmp_path: Path
) -> None:
    enrolled(any_office)
    living(any_office, 5)
    publish(any_office)
    before = bytes_of(any_office.folder.path)
    kid = any_office.keys.of(Purpose.PASS).kid
    done = drill_on_copy(any_office, tmp_path / "copy", by=BY)
    assert bytes_of(any_office.folder.path) == before
    assert [step for step in done.steps if step.answer != step.expected] == []
    assert {step.answer for step in done.steps} == {"believed", "key_burned"}
    assert (done.kid, done.living, done.readmitted) == (kid, 5, 5)
    assert (
        done.trust_after
        > done.trust_before
        == read_trust(any_office.folder.trust).trust_list().version
    )
    assert done.list_bytes > 5 * 32


def test_passes_of_the_real_office_are_believed_after_the_drill(
    office: Office, station: Station, tmp_path: Path
) -> None:
    text = living(office, 1)[0]
    publish(office)
    drill_on_copy(office, tmp_path / "copy", by=BY)
    station.sync()
    assert station.says(text) == "believed"


def test_nothing_of_the_copys_repository_would_be_believed_by_a_real_gate(
    office: Office, tmp_path: Path
) -> None:
    drill_on_copy(office, tmp_path / "copy", by=BY)
    real = read_trust(office.folder.trust)
    copied = read_trust(tmp_path / "copy" / "data" / "trust")
    assert not set(real.root.signed.keys) & set(copied.root.signed.keys)


def test_names_and_log_ins_are_not_in_the_copy(office: Office, tmp_path: Path) -> None:
    station = enrolled(office)
    living(office, 2)
    station.send(station.batch(station.write(2)))
    drill_on_copy(office, tmp_path / "copy", by=BY)
    raw = b"".join(p.read_bytes() for p in (tmp_path / "copy").rglob("issuer.db*"))
    assert "王*".encode() not in raw
    assert "张*".encode() not in raw
    assert b"argon2" not in raw


def test_an_office_with_a_past_can_be_drilled(office: Office, media: Media, tmp_path: Path) -> None:
    mint(office)
    old = office.keys.of(Purpose.PASS).kid
    burn(office, office.keys.of(Purpose.STATUS).kid, media=media, by=BY)
    burn(office, old, media=media, by=BY, readmit=genuine(office, old))
    rotate(office, "root", media=Media(folders=media.folders), by=BY, replaced=1)
    living(office, 2)
    done = drill_on_copy(office, tmp_path / "copy", by=BY)
    assert [step for step in done.steps if step.answer != step.expected] == []
    assert (done.living, done.readmitted) == (2, 2)
    assert done.kid != old


def test_a_missing_key_is_said_before_anything_is_burned(office: Office, tmp_path: Path) -> None:
    (office.folder.keys / "status.key").unlink()
    code = refused(lambda: drill_on_copy(office, tmp_path / "copy", by=BY), Fault)
    assert code is Code.FOLDER_UNUSABLE


def test_the_command_leaves_no_copy_behind(
    office: Office,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settled(office)
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    assert run(office, "trust", "drill", "--copy") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["passed"]
    assert said["kid"] == 1
    assert list(scratch.iterdir()) == []
