"""The one table from an error's code to its HTTP status, its title and the next step."""

from __future__ import annotations

from typing import Final

from issuer.problems.askers import ASKERS
from issuer.problems.machine import MACHINE
from issuer.problems.stations import STATIONS
from issuer.problems.trust import TRUST

PROBLEMS: Final = ASKERS | STATIONS | TRUST | MACHINE
