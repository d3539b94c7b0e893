"""Plays the sound of a refusal as the station does, and says in JSON whether the card ran."""

from __future__ import annotations

import json
import time
from pathlib import Path

from keys.passages import Verdict
from scanner.gate.sounds_player import open_player

_CARD = Path("/proc/asound/card0/pcm0p/sub0/status")


def main() -> None:
    """Play once and look at the card for five seconds."""
    player = open_player()
    player.play(Verdict.REFUSE)
    card, end_s = "", time.monotonic() + 5
    while time.monotonic() < end_s and card != "RUNNING":
        words = _CARD.read_text().split()
        card = words[1] if words[:1] == ["state:"] else ""
    print(json.dumps({"card": card, "fault": player.fault()}), flush=True)
    player.close()


if __name__ == "__main__":
    main()
