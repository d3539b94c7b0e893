"""The five sounds: their samples, and that they go out without holding up whoever asks."""

from __future__ import annotations

import io
import sys
import threading
import time
import wave
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from keys.passages import Verdict
from scanner.gate.sounds import RATE_HZ, SCORES, pcm_of, wav_of
from scanner.gate.sounds_player import (
    NO_PLAYER,
    SOUND_FAILED,
    RecordingPlayer,
    ThreadedPlayer,
    command_speaker,
    open_player,
    system_speakers,
)

# A program that writes what it is fed to a file, as a sound card would take it.
_SINK = "import sys; open(sys.argv[1], 'ab').write(sys.stdin.buffer.read())"


def _until(holds: Callable[[], bool], deadline_s: float = 60.0) -> None:
    end = time.monotonic() + deadline_s
    while not holds():
        assert time.monotonic() < end, "did not come true in time"
        threading.Event().wait(0.005)


def _sink(path: Path) -> list[str]:
    return [sys.executable, "-S", "-c", _SINK, str(path)]


def _samples(verdict: Verdict) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    return np.frombuffer(pcm_of(verdict), dtype="<i2")


def _pitch_hz(verdict: Verdict) -> float:
    samples = _samples(verdict).astype(float)
    spectrum = np.abs(np.fft.rfft(samples))
    return float(np.argmax(spectrum) * RATE_HZ / samples.size)


def _bursts(verdict: Verdict) -> int:
    blocks = np.abs(_samples(verdict).astype(int))
    loud = [int(block.max()) > 3000 for block in np.array_split(blocks, max(1, blocks.size // 480))]
    return sum(now and not before for before, now in pairwise([False, *loud]))


def test_every_verdict_has_a_sound_of_its_own() -> None:
    assert set(SCORES) == set(Verdict)
    assert len({pcm_of(verdict) for verdict in Verdict}) == len(Verdict)


@pytest.mark.parametrize(
    ("verdict", "bursts", "lowest_hz", "highest_hz"),
    [
        (Verdict.ADMIT, 1, 1200, 1500),
        (Verdict.ADMIT_WITH_NOTE, 2, 800, 1500),
        (Verdict.HAND_CHECK, 2, 500, 800),
        (Verdict.REFUSE, 1, 150, 300),
        (Verdict.CANNOT_JUDGE, 3, 250, 400),
    ],
)
def test_a_sound_has_the_pitch_and_rhythm_of_its_verdict(
    verdict: Verdict, bursts: int, lowest_hz: float, highest_hz: float
) -> None:
    assert _bursts(verdict) == bursts
    assert lowest_hz < _pitch_hz(verdict) < highest_hz


def test_the_refusal_is_the_longest_sound_and_none_lasts_a_second() -> None:
    lengths_s = {verdict: _samples(verdict).size / RATE_HZ for verdict in Verdict}
    assert max(lengths_s, key=lambda verdict: lengths_s[verdict]) is Verdict.REFUSE
    assert max(lengths_s.values()) < 1.0


def test_sounds_neither_clip_nor_click() -> None:
    for verdict in Verdict:
        samples = _samples(verdict).astype(int)
        assert 20_000 < np.abs(samples).max() < 32_767
        assert abs(samples[0]) < 200
        assert abs(samples[-1]) < 200


def test_half_the_volume_is_half_as_high() -> None:
    half = np.frombuffer(pcm_of(Verdict.ADMIT, 0.5), dtype="<i2")
    assert np.abs(half).max() == pytest.approx(np.abs(_samples(Verdict.ADMIT)).max() / 2, rel=0.01)


def test_a_wav_file_holds_the_same_samples() -> None:
    pcm = pcm_of(Verdict.HAND_CHECK)
    with wave.open(io.BytesIO(wav_of(pcm))) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE_HZ, 1, 2)
        assert file.readframes(file.getnframes()) == pcm


def test_the_samples_that_go_out_are_those_of_the_verdict(tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    player = ThreadedPlayer([command_speaker(_sink(heard))])
    player.play(Verdict.REFUSE)
    _until(lambda: heard.exists() and heard.read_bytes() == pcm_of(Verdict.REFUSE))
    player.close()
    assert player.fault() is None


def test_a_program_that_takes_files_gets_a_wav_file(tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    copy = "import sys, shutil; shutil.copyfile(sys.argv[2], sys.argv[1])"
    command = [sys.executable, "-S", "-c", copy, str(heard)]
    player = ThreadedPlayer([command_speaker(command, by_file=True)])
    player.play(Verdict.ADMIT)
    _until(lambda: heard.exists() and heard.read_bytes() == wav_of(pcm_of(Verdict.ADMIT)))
    player.close()


def test_playing_never_waits_for_the_program(tmp_path: Path) -> None:
    hangs = command_speaker([sys.executable, "-S", "-c", "import time; time.sleep(60)"])
    player = ThreadedPlayer([hangs])
    before = time.monotonic()
    for verdict in Verdict:
        player.play(verdict)
    assert time.monotonic() - before < 30  # the program takes twice that
    player.close()


def test_a_new_verdict_cuts_off_a_sound_that_hangs(tmp_path: Path) -> None:
    heard, started = tmp_path / "heard", tmp_path / "started"
    hang_once = (
        "import sys, os, time\n"
        f"first = not os.path.exists({str(started)!r}); open({str(started)!r}, 'w').close()\n"
        "time.sleep(60) if first else open(sys.argv[1], 'wb').write(sys.stdin.buffer.read())"
    )
    player = ThreadedPlayer([command_speaker([sys.executable, "-S", "-c", hang_once, str(heard)])])
    player.play(Verdict.ADMIT)
    _until(started.exists)
    player.play(Verdict.REFUSE)
    _until(lambda: heard.exists() and heard.read_bytes() == pcm_of(Verdict.REFUSE))
    player.close()


def test_when_one_program_fails_the_next_plays_the_same_sound(tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    fails = command_speaker([sys.executable, "-S", "-c", "raise SystemExit(1)"])
    player = ThreadedPlayer([fails, command_speaker(_sink(heard))])
    player.play(Verdict.HAND_CHECK)
    _until(lambda: heard.exists() and heard.read_bytes() == pcm_of(Verdict.HAND_CHECK))
    player.close()
    assert player.fault() is None


def test_a_player_without_any_working_program_says_so_and_stays_quiet() -> None:
    broken = command_speaker(["/nowhere/no-such-program"])
    player = ThreadedPlayer([broken])
    player.play(Verdict.ADMIT)
    _until(lambda: player.fault() == SOUND_FAILED)
    player.close()
    silent = ThreadedPlayer([])
    silent.play(Verdict.ADMIT)
    silent.close()
    assert silent.fault() == NO_PLAYER


def test_a_recording_player_keeps_what_would_have_gone_out() -> None:
    player = RecordingPlayer()
    player.play(Verdict.ADMIT)
    player.play(Verdict.REFUSE)
    player.close()
    assert [verdict for verdict, _ in player.played] == [Verdict.ADMIT, Verdict.REFUSE]
    assert player.played[1][1] == pcm_of(Verdict.REFUSE)
    assert player.fault() is None


def test_alsa_takes_the_samples_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    if not shutil.which("aplay"):
        pytest.skip("aplay is not installed")
    heard, settings = tmp_path / "heard.raw", tmp_path / "asound.conf"
    settings.write_text(
        "pcm.!default { type file slave.pcm { type null } file "
        f'"{heard}" format "raw" }}\nctl.!default {{ type hw card 0 }}\n'
    )
    # Stands in for the whole of ALSA's settings: no card of this machine is touched.
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(settings))
    monkeypatch.delenv("PULSE_SERVER", raising=False)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    player = open_player()
    player.play(Verdict.REFUSE)
    _until(lambda: heard.exists() and heard.read_bytes().startswith(pcm_of(Verdict.REFUSE)))
    player.close()
    assert player.fault() is None
    assert system_speakers()


def test_a_runtime_folder_that_cannot_be_looked_into_means_no_sound_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("PULSE_SERVER", raising=False)
    # To look at such a path is an error, as it is with another user's folder.
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/" + "x" * 5000)
    system_speakers()
