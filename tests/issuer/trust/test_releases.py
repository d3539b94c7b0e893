"""Releases: signed by the offline keys, listed, and told from what is not what was signed."""

from __future__ import annotations

import hashlib
import json
from functools import partial
from pathlib import Path

import httpx
import pytest

from issuer.errors import BadInput, Code, Fault, Refused
from issuer.people.office import Office
from issuer.tokens.actions.publish import publish
from issuer.trust.actions.releases import (
    check_release,
    publish_release,
    releases,
    withdraw_release,
)
from issuer.trust.actions.signers import Media
from keys.trustset import first_trust_set
from keys.trustupdate import TrustUpdate
from tests.issuer.rigs import serving
from tests.issuer.trust.rigs import BY, Station, refused, run
from tests.issuer.trust.test_policies import settled

NAME = "kakou-0.2.0-py3-none-any.whl"
WHEEL = b"a program " * 1000


def test_a_release_is_published_under_its_hash_and_listed(office: Office, media: Media) -> None:
    done = publish_release(office, NAME, WHEEL, media=media, by=BY)
    assert releases(office) == [done]
    assert (done.length, done.sha256) == (len(WHEEL), hashlib.sha256(WHEEL).hexdigest())
    assert (office.folder.published / "trust" / done.path).read_bytes() == WHEEL


def test_a_reader_of_the_repository_takes_the_release_and_nothing_else_in_its_place(
    office: Office, media: Media, station: Station
) -> None:
    done = publish_release(office, NAME, WHEEL, media=media, by=BY)
    station.sync()
    # A gate keeps none; whoever installs asks for it and checks length and hash.
    assert not [path for path in station.held.files if path.startswith("releases/")]
    root = (office.folder.published / "trust" / "root").read_bytes()
    update = TrustUpdate(
        first_trust_set(root), None, wanted=lambda path: path == f"releases/{NAME}"
    )
    published = office.folder.published / "trust"
    update.add_timestamp((published / "timestamp.json").read_bytes())
    update.add_snapshot((published / update.wanted_snapshot().path).read_bytes())
    update.add_targets((published / update.wanted_targets().path).read_bytes())
    wanted = next(file for file in update.wanted_files("targets") if file.name.startswith("rel"))
    assert wanted.path == done.path
    wanted.check(WHEEL)


def test_a_release_stays_through_later_publications_and_goes_when_withdrawn(
    office: Office, media: Media
) -> None:
    publish_release(office, NAME, WHEEL, media=media, by=BY)
    newer = publish_release(office, NAME, WHEEL + b"2", media=media, by=BY)
    publish(office)
    assert releases(office) == [newer]
    withdraw_release(office, NAME, media=media, by=BY)
    assert releases(office) == []
    again = partial(withdraw_release, office, NAME, media=media, by=BY)
    assert refused(again, BadInput) is Code.UNKNOWN_RELEASE


def test_another_file_is_not_the_release(office: Office, media: Media, tmp_path: Path) -> None:
    publish_release(office, NAME, WHEEL, media=media, by=BY)
    file = tmp_path / "download"
    file.write_bytes(WHEEL)
    assert check_release(office, NAME, file).name == NAME
    for bent in (WHEEL[:-1], WHEEL + b" ", b"A" + WHEEL[1:]):
        file.write_bytes(bent)
        code = refused(lambda: check_release(office, NAME, file), Refused)
        assert code is Code.WRONG_RELEASE
    gone = tmp_path / "gone"
    assert refused(lambda: check_release(office, NAME, gone), BadInput) is Code.BAD_ARGUMENTS


@pytest.mark.parametrize("name", ["", "Kakou.whl", "../x", "a/b", ".hidden", "x" * 101, "电"])
def test_a_name_that_is_no_plain_file_name_is_refused(
    office: Office, media: Media, name: str
) -> None:
    deed = partial(publish_release, office, name, WHEEL, media=media, by=BY)
    assert refused(deed, BadInput) is Code.BAD_RELEASE


def test_an_empty_file_or_too_few_keys_publish_nothing(office: Office, tmp_path: Path) -> None:
    nothing = Media(folders=(tmp_path,))
    empty = partial(publish_release, office, NAME, b"", media=nothing, by=BY)
    assert refused(empty, BadInput) is Code.BAD_RELEASE
    keyless = partial(publish_release, office, NAME, WHEEL, media=nothing, by=BY)
    assert refused(keyless, Fault) is Code.NOT_ENOUGH_KEYS
    assert releases(office) == []


def test_a_release_is_served_whole_and_in_parts(office: Office, media: Media) -> None:
    done = publish_release(office, NAME, WHEEL, media=media, by=BY)
    with serving(office) as url, httpx.Client(base_url=url) as client:
        assert client.get(f"/trust/{done.path}").content == WHEEL
        part = client.get(f"/trust/{done.path}", headers={"Range": "bytes=10-19"})
        assert (part.status_code, part.content) == (206, WHEEL[10:20])
        assert client.get("/trust/targets/releases/nothing").status_code == 404


def test_releases_by_command(
    office: Office, media: Media, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settled(office)
    file = tmp_path / NAME
    file.write_bytes(WHEEL)
    offline = ("--offline", str(media.folders[0]))
    assert run(office, "trust", "release", "publish", str(file), *offline) == 0
    assert json.loads(capsys.readouterr().out)["name"] == NAME
    assert run(office, "trust", "release", "list") == 0
    assert json.loads(capsys.readouterr().out)[0]["length"] == len(WHEEL)
    assert run(office, "trust", "release", "check", str(file)) == 0
    assert run(office, "trust", "release", "check", str(file), "--name", "other") == 1
    assert run(office, "trust", "release", "withdraw", NAME, *offline) == 0
