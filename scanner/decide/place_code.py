"""What the printed code of a place says, for the phones of those who come to its door."""

from __future__ import annotations

from typing import Final

PLACE_PREFIX: Final = "KAKOU-PLACE:"


def place_text(checkpoint: str, zone: int) -> str:
    """Return `KAKOU-PLACE:`, the checkpoint's name, its zone (0 for none). A colon in the name is
    no matter: the zone is what follows the last one.
    """
    return f"{PLACE_PREFIX}{checkpoint}:{zone}"
