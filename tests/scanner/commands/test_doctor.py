"""The doctor finds what is wrong and says what to do, and finds nothing wrong where all is well."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import segno

from scanner.commands.doctor import Finding, examine
from scanner.settings import StationSettings
from tests.journeys.in_process import served_office
from tests.journeys.programs import call


def found(folder: Path, settings: StationSettings) -> dict[str, Finding]:
    return {finding.part: finding for finding in examine(folder, settings)}


def test_a_folder_that_is_not_enrolled_is_told_first(tmp_path: Path) -> None:
    findings = found(tmp_path / "gate", StationSettings())
    assert set(findings) == {"disk", "enrolment"}
    assert not findings["enrolment"].well
    assert "enrol" in findings["enrolment"].next_step


def test_a_well_station_passes_and_a_cut_network_and_a_missing_camera_are_named(
    tmp_path: Path,
) -> None:
    picture = tmp_path / "card.png"
    segno.make("TEST CARD").save(str(picture), scale=4)
    settings = StationSettings(camera=str(picture), sound=False)
    gate = tmp_path / "gate"
    with served_office(tmp_path) as office:
        call("scanner", gate, "enrol", office.station_code("north"), "--issuer", office.url)
        findings = found(gate, settings)
        assert [part for part, finding in findings.items() if not finding.well] == []
        assert findings["gate"].seen == "no devices"
        assert findings["policy"].seen.startswith("plain")
    bent = StationSettings(
        camera=str(tmp_path / "none.avi"), sound=False, lock=f"lcus:{tmp_path / 'ttyUSB9'}:1"
    )
    findings = found(gate, bent)
    unwell = {part for part, finding in findings.items() if not finding.well}
    assert unwell == {"network", "camera", "gate"}
    assert findings["gate"].seen == "not there: lock"
    wrong = found(gate, replace(bent, lock="relay one"))
    assert wrong["gate"].seen.startswith("device_setting")
    assert all(findings[part].next_step for part in unwell)
