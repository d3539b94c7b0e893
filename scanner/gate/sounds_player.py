"""Who makes the sounds heard, without ever holding up a scan.

A program of the system plays (paplay, aplay, afplay; winsound on Windows), fed by a thread of
ours: starting one costs 0.4 ms and the first sample leaves 2 ms later, while a library would cost
50 ms at import and has no build for small ARM boxes.

What can go wrong: no program there -> silent, fault `no_player`. A program fails or hangs -> the
next one is tried with the same sound, and when none is left: silent, fault `sound_failed`, tried
again from the first at the next sound. A new verdict while one sounds -> the old sound is cut off.
"""

from __future__ import annotations

import importlib
import os
import shutil
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from keys.verdicts import Verdict
from scanner.gate.sounds import RATE_HZ, pcm_of, wav_of

if TYPE_CHECKING:
    import subprocess

    from scanner.gate.voice import Voice

NO_PLAYER: Final = "no_player"
SOUND_FAILED: Final = "sound_failed"
_LONGEST_S: Final = 5.0

Speaker = Callable[[bytes, threading.Event], bool]


class Player(Protocol):
    """Plays the sound of a verdict. Every method returns at once."""

    def play(self, verdict: Verdict) -> None:
        """Start the sound of `verdict`, cutting off one that still sounds."""
        ...

    def fault(self) -> str | None:
        """Return the code of what keeps it silent (`no_player`, `sound_failed`), None if well."""
        ...

    def close(self) -> None:
        """Stop the sound and its thread. May be called twice."""
        ...


class RecordingPlayer:
    """Keeps what would have gone out: `played` holds verdict and samples, oldest first."""

    def __init__(self) -> None:
        self.played: list[tuple[Verdict, bytes]] = []

    def play(self, verdict: Verdict) -> None:
        """Write down the verdict and its samples."""
        self.played.append((verdict, pcm_of(verdict)))

    def fault(self) -> str | None:
        """Return None: writing down always works."""
        return None

    def close(self) -> None:
        """Keep what was played."""


class ThreadedPlayer:
    """Plays through the first of `speakers` that works, in a thread of its own.

    A speaker plays samples until they end or the event is set, and returns whether that worked.
    """

    def __init__(
        self, speakers: Sequence[Speaker], volume: float = 1.0, voice: Voice | None = None
    ) -> None:
        self._voice = voice
        self._speakers = tuple(speakers)
        self._volume = volume
        self._wanted: Verdict | None = None
        self._changed = threading.Condition()
        self._cut = threading.Event()
        self._closed = False
        self._fault = None if speakers else NO_PLAYER
        self._thread = threading.Thread(target=self._run, name="sounds", daemon=True)
        self._thread.start()

    def play(self, verdict: Verdict) -> None:
        """Hand the verdict to the thread; the newest one wins."""
        with self._changed:
            self._wanted = verdict
            self._cut.set()
            self._changed.notify()

    def fault(self) -> str | None:
        """Return how the last sound went."""
        return self._fault

    def close(self) -> None:
        """Cut the sound off and wait for the thread."""
        with self._changed:
            self._closed = True
            self._cut.set()
            self._changed.notify()
        self._thread.join(_LONGEST_S)

    def _run(self) -> None:
        while (verdict := self._next()) is not None:
            if self._speakers:
                self._speak(pcm_of(verdict, self._volume))
                if self._voice is not None and not self._cut.is_set():
                    self._speak(self._voice.pcm_of(verdict))

    def _speak(self, pcm: bytes) -> None:
        worked = any(speaker(pcm, self._cut) for speaker in self._speakers) if pcm else True
        self._fault = None if worked else SOUND_FAILED

    def _next(self) -> Verdict | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._wanted is not None)
            verdict, self._wanted = self._wanted, None
            self._cut.clear()
            return None if self._closed else verdict


def command_speaker(command: Sequence[str], *, by_file: bool = False) -> Speaker:
    """Return a speaker that feeds samples to a program's standard input.

    by_file: the program gets a WAV file's path as its last argument instead.
    """

    def speak(pcm: bytes, cut: threading.Event) -> bool:
        if not by_file:
            return _run_player(command, pcm, cut)
        import tempfile

        with tempfile.TemporaryDirectory(prefix="kakou-sound-") as folder:
            path = Path(folder) / "sound.wav"
            path.write_bytes(wav_of(pcm))
            return _run_player([*command, str(path)], b"", cut)

    return speak


def _run_player(command: Sequence[str], fed: bytes, cut: threading.Event) -> bool:
    # A gate's window is painted before anything sounds: so is it before this is loaded.
    import subprocess

    try:
        program = subprocess.Popen(  # noqa: S603 - fixed command lines, found on PATH by us
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
    except OSError:
        return False
    feeder = threading.Thread(target=_feed, args=(program, fed), daemon=True)
    feeder.start()
    waited_s, longest_s = 0.0, _LONGEST_S + len(fed) / (2 * RATE_HZ)
    while program.poll() is None and waited_s < longest_s and not cut.wait(0.01):
        waited_s += 0.01
    ended_alone = program.poll()
    if ended_alone is None:
        program.kill()
        program.wait()
    feeder.join()
    # Cut off by a newer verdict is no fault of the program; a hanging one is.
    return cut.is_set() if ended_alone is None else ended_alone == 0


def _feed(program: subprocess.Popen[bytes], fed: bytes) -> None:
    assert program.stdin is not None  # noqa: S101 - asked for above
    try:
        program.stdin.write(fed)
        program.stdin.close()
    except OSError:
        # The program went away; its exit code says whether that was a fault.
        return


def _speak_on_windows(pcm: bytes, cut: threading.Event) -> bool:
    """Play through Windows' own player, which cannot be cut off: the longest sound is 0.7 s."""
    # By name: the module and its types exist on Windows only.
    winsound: Any = importlib.import_module("winsound")
    if cut.is_set():
        return True
    try:
        # Memory sounds cannot play in the background on Windows: this thread is the background.
        winsound.PlaySound(wav_of(pcm), winsound.SND_MEMORY | winsound.SND_NODEFAULT)
    except RuntimeError:
        return False
    return True


def system_speakers() -> list[Speaker]:
    """Return the speakers that this system offers, best first; [] if it offers none."""
    if sys.platform == "win32":
        return [_speak_on_windows]
    raw = f"--rate={RATE_HZ}"
    offered: list[tuple[list[str], bool]] = [
        (["aplay", "-q", "-t", "raw", "-f", "S16_LE", "-c", "1", "-r", str(RATE_HZ), "-"], False),
        (["afplay"], True),
    ]
    paplay = (["paplay", "--raw", raw, "--channels=1", "--format=s16le"], False)
    # Where a sound server runs, the card belongs to it; where none runs, paplay waits for nothing.
    offered.insert(0 if _sound_server_runs() else 1, paplay)
    return [
        command_speaker(command, by_file=by_file)
        for command, by_file in offered
        if shutil.which(command[0])
    ]


def _sound_server_runs() -> bool:
    if os.environ.get("PULSE_SERVER"):
        return True
    run_dir = os.environ.get("XDG_RUNTIME_DIR")
    # After `sudo` it may still name another user's folder, and a look into that is an error.
    return run_dir is not None and os.access(Path(run_dir, "pulse", "native"), os.W_OK)


def open_player(volume: float = 1.0, voice: Voice | None = None) -> Player:
    """Return the player of this system; a silent one with a fault where it has none.

    voice: what is said aloud after the tone (kiosk); None for tones alone.
    """
    return ThreadedPlayer(system_speakers(), volume, voice)
