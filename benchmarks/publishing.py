"""What one hour's publication costs the office at 14 million codes: packs, lists and manifest, in
CPU seconds.

A real office with a real database: 14 lists, 1 % not green, 5,000 changes an hour for 26 hours,
then one publication is measured: a snapshot, deltas from the recent versions and the last 24 hours,
14 standard lists, the manifest.
"""

from __future__ import annotations

import contextlib
import io
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from sqlalchemy import delete, insert

from benchmarks.measuring import table, verdict
from issuer.app import open_office
from issuer.database.tables import ENTRIES, LISTS
from issuer.people.office import Office
from issuer.settings import Folder
from issuer.tokens.actions.publish import publish
from keys.claims import LIST_ENTRIES

LISTS_IN_USE: Final = 14
HOURS: Final = 26
CHANGES: Final = 5000
GOAL_CPU_S: Final = 6.0


def _row(place: int, status: int) -> dict[str, object]:
    number, entry = divmod(place, LIST_ENTRIES)
    return {
        "list_number": number,
        "entry": entry,
        "status": status,
        "reason": "risk_area",
        "changed_at": 0,
    }


def _fill(office: Office, rng: np.random.Generator) -> set[int]:
    size = LISTS_IN_USE * LIST_ENTRIES
    places = rng.choice(size, size // 100, replace=False)
    statuses = np.where(rng.random(len(places)) < 0.7, 2, 3)
    with office.database.write() as connection:
        connection.execute(delete(LISTS))
        lists = [{"list_number": n, "used": LIST_ENTRIES // 2} for n in range(LISTS_IN_USE)]
        connection.execute(insert(LISTS), lists)
        rows = [_row(int(p), int(s)) for p, s in zip(places, statuses, strict=True)]
        connection.execute(insert(ENTRIES), rows)
    return {int(place) for place in places}


def _hour(office: Office, rng: np.random.Generator, held: set[int]) -> None:
    """Turn 2,500 entries back to green and 2,500 others yellow or red."""
    half = CHANGES // 2
    back = [int(place) for place in rng.choice(sorted(held), half, replace=False)]
    drawn = rng.choice(LISTS_IN_USE * LIST_ENTRIES, half * 2, replace=False)
    fresh = [int(place) for place in drawn if int(place) not in held][:half]
    with office.database.write() as connection:
        for place in back:
            number, entry = divmod(place, LIST_ENTRIES)
            connection.execute(
                delete(ENTRIES).where(ENTRIES.c.list_number == number, ENTRIES.c.entry == entry)
            )
        rows = [_row(place, int(rng.choice([2, 2, 3]))) for place in fresh]
        connection.execute(insert(ENTRIES), rows)
    held -= set(back)
    held |= set(fresh)


def main() -> None:
    """Print CPU seconds of one hour's publication and what it wrote."""
    from issuer.app import main as issuer

    rng = np.random.default_rng(5)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with contextlib.redirect_stdout(io.StringIO()):
            data, offline = str(folder / "o"), str(folder / "off")
            issuer(["init", "--data", data, "--offline", offline, "--json"])
        clock = [int(time.time())]
        office = replace(open_office(Folder(folder / "o")), now=lambda: clock[0])
        held = _fill(office, rng)
        for _ in range(HOURS):
            clock[0] += 3600
            _hour(office, rng, held)
            publish(office)
        clock[0] += 3600
        _hour(office, rng, held)
        began_s = time.process_time()
        done = publish(office)
        cpu_s = time.process_time() - began_s
        office.database.close()
    packs = dict(done.packs)
    deltas = [size for first, size in packs.items() if first]
    made = f"snapshot, {len(deltas)} deltas, {LISTS_IN_USE} standard lists, manifest"
    rows = [(made, f"{cpu_s:.2f}", verdict(cpu_s, GOAL_CPU_S))]
    table("One hour's publication, with its database", ("made", "CPU s", "goal"), rows)
    print(f"  {done.entries:,} entries, {done.not_green:,} not green; snapshot {packs[0]:,} bytes,")
    print(f"  deltas {min(deltas):,} to {max(deltas):,}.")


if __name__ == "__main__":
    main()
