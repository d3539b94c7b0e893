"""What a kiosk says aloud: zh then en, after the tone, and nothing at all rather than a fault."""

from __future__ import annotations

import io
import sys
import threading
import time
import wave
from array import array
from pathlib import Path

import pytest

from keys.passages import Verdict
from scanner.gate.sounds import RATE_HZ, pcm_of, wav_of
from scanner.gate.sounds_player import ThreadedPlayer, command_speaker
from scanner.gate.voice import SPOKEN, Voice, resampled


def _wav(samples: list[int], rate: int, channels: int = 1) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(array("h", samples).tobytes())
    return out.getvalue()


def test_every_verdict_is_spoken_in_chinese_and_then_in_english() -> None:
    assert set(SPOKEN) == set(Verdict)
    for chinese, english in SPOKEN.values():
        assert not chinese.written.isascii()
        assert chinese.said.isascii()
        assert len(chinese.said.split()) == len(chinese.written)
        assert english.written == english.said


def test_a_straight_line_stays_straight_at_another_rate() -> None:
    out = array("h", resampled(_wav(list(range(0, 2400, 10)), 24_000)))
    assert list(out[:6]) == [0, 5, 10, 15, 20, 25]


def test_samples_at_the_right_rate_stay_as_they_are() -> None:
    pcm = pcm_of(Verdict.ADMIT)
    assert resampled(wav_of(pcm)) == pcm[:-2]


def test_an_empty_recording_is_silence() -> None:
    assert resampled(_wav([], 22_050)) == b""


def test_other_forms_of_sound_are_refused() -> None:
    with pytest.raises(wave.Error):
        resampled(_wav([0, 0], 48_000, channels=2))


def test_without_the_program_there_is_no_voice(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not Voice.available()
    assert Voice().pcm_of(Verdict.ADMIT) == b""


@pytest.mark.skipif(not Voice.available(), reason="espeak-ng is not installed")
def test_the_voice_speaks_both_languages_for_seconds_not_minutes() -> None:
    both = Voice()
    english = Voice({verdict: said[1:] for verdict, said in SPOKEN.items()})
    for verdict in Verdict:
        pcm = both.pcm_of(verdict)
        assert 2.0 < len(pcm) / 2 / RATE_HZ < 7.0
        assert len(pcm) > len(english.pcm_of(verdict)) > 0
        assert max(array("h", pcm)) > 3000


def _until_holds(path: Path, wanted: bytes) -> None:
    end = time.monotonic() + 60
    while not (path.exists() and path.read_bytes() == wanted):
        assert time.monotonic() < end, "did not come true in time"
        threading.Event().wait(0.005)


@pytest.mark.skipif(not Voice.available(), reason="espeak-ng is not installed")
def test_the_voice_goes_out_after_the_tone(tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    sink = "import sys; open(sys.argv[1], 'ab').write(sys.stdin.buffer.read())"
    voice = Voice()
    speaker = command_speaker([sys.executable, "-S", "-c", sink, str(heard)])
    player = ThreadedPlayer([speaker], voice=voice)
    player.play(Verdict.ADMIT)
    _until_holds(heard, pcm_of(Verdict.ADMIT) + voice.pcm_of(Verdict.ADMIT))
    player.close()
    assert player.fault() is None
