"""The commands about seeing: what they print, keep and delete."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scanner.app import FAILED, main
from scanner.capture.camera_card import write_card
from scanner.capture.support_recording import FOLDER, NOTE
from scanner.commands.doctor import Finding, examine
from scanner.record.camera_checks import kept_checks
from scanner.settings import StationSettings

Said = pytest.CaptureFixture[str]


def _run(said: Said, data: Path, *arguments: str) -> tuple[int, list[dict[str, object]]]:
    status = main([*arguments, "--data", str(data), "--json"])
    return status, [json.loads(line) for line in said.readouterr().out.splitlines()]


def _recording(data: Path, pictures: int) -> Path:
    folder = data / FOLDER
    folder.mkdir(parents=True)
    (folder / NOTE).write_text("pictures")
    for number in range(pictures):
        (folder / f"frame-{number:04}.png").write_bytes(b"PNG!")
    return folder


@pytest.fixture
def card(tmp_path: Path) -> Path:
    write_card(tmp_path / "card.png")
    return tmp_path / "card.png"


def test_a_camera_is_checked_and_the_result_kept(tmp_path: Path, card: Path, capsys: Said) -> None:
    status, lines = _run(
        capsys, tmp_path, "check-camera", "--camera", str(card), "--light", "dark", "--seconds", "9"
    )
    assert status == 0
    assert lines[-1]["read_share"] == 1.0
    kept = kept_checks(tmp_path)["dark"]
    assert kept.fitness == lines[-1]["fitness"]
    assert kept.checked_at is not None


def test_an_unfit_camera_is_a_failure(tmp_path: Path, capsys: Said) -> None:
    folder = tmp_path / "frames"
    folder.mkdir()
    (folder / "0.png").write_bytes(b"no picture")
    status, lines = _run(capsys, tmp_path, "check-camera", "--camera", str(folder))
    assert status == FAILED
    assert lines[-1]["fitness"] == "unfit"


def test_the_card_is_written_for_printing(tmp_path: Path, capsys: Said) -> None:
    status, lines = _run(capsys, tmp_path, "check-camera", "--card", str(tmp_path / "c.png"))
    assert (status, lines[0]["card"]) == (0, str(tmp_path / "c.png"))
    assert (tmp_path / "c.png").stat().st_size > 1000


def test_images_are_read_line_by_line(tmp_path: Path, card: Path, capsys: Said) -> None:
    status, lines = _run(capsys, tmp_path, "read", str(card), str(tmp_path / "none.png"))
    assert status == 0
    texts = lines[0]["texts"]
    assert isinstance(texts, list)
    assert len(texts) == 5
    assert lines[1]["error"] == "image_not_found"


def test_recorded_pictures_are_told_and_deleted_when_asked(tmp_path: Path, capsys: Said) -> None:
    assert _run(capsys, tmp_path, "support-recording") == (0, [{"pictures": 0, "bytes": 0}])
    folder = _recording(tmp_path, 3)
    status, lines = _run(capsys, tmp_path, "support-recording")
    assert (status, lines) == (0, [{"pictures": 3, "bytes": 12, "folder": str(folder)}])
    status, lines = _run(capsys, tmp_path, "support-recording", "--delete")
    assert (status, lines) == (0, [{"pictures": 3, "bytes": 12, "deleted": 3}])
    assert not folder.exists()


def test_what_is_no_picture_is_not_deleted(tmp_path: Path, capsys: Said) -> None:
    folder = _recording(tmp_path, 1)
    (folder / "mine.txt").write_text("keep")
    status = main(["support-recording", "--delete", "--data", str(tmp_path), "--json"])
    assert status == FAILED
    assert json.loads(capsys.readouterr().err)["error"]["code"] == "disk_unusable"
    assert (folder / "mine.txt").exists()


def _found(data: Path) -> dict[str, Finding]:
    from scanner.commands.doctor import examine_seeing

    return {finding.part: finding for finding in examine_seeing(data)}


def test_the_doctor_tells_results_and_pictures_that_lie_about(
    tmp_path: Path, card: Path, capsys: Said
) -> None:
    found = _found(tmp_path)
    assert found["camera_check"].well
    assert found["support"].well
    _run(capsys, tmp_path, "check-camera", "--camera", str(card), "--seconds", "9")
    assert "office good" in _found(tmp_path)["camera_check"].seen
    (tmp_path / "frames").mkdir()
    (tmp_path / "frames" / "0.png").write_bytes(b"no picture")
    _run(capsys, tmp_path, "check-camera", "--camera", str(tmp_path / "frames"), "--light", "sun")
    _recording(tmp_path, 2)
    found = _found(tmp_path)
    assert not found["camera_check"].well
    assert "no_picture" in found["camera_check"].seen
    assert not found["support"].well
    assert all(finding.next_step for finding in found.values())
    assert examine(tmp_path, StationSettings())  # not enrolled: told before all of this
