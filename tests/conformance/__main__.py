"""`./go conformance`: every check, printed; 1 if one fails. The sheet is written to
docs/conformance.md where nothing is left out for want of the shared vectors.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.conformance import cross, encodings, lists, signatures
from tests.conformance.sheet import page
from tests.conftest import ROOT


def main() -> int:
    """Run everything; the shared vectors are part of it where their folder is there."""
    shared = Path(os.environ.get("KAKOU_SHARED") or ROOT.parent / "shared") / "vectors"
    whole = shared.is_dir()
    checks = lists.all_checks(shared if whole else None)
    checks += encodings.all_checks() + signatures.all_checks()
    foreign, libraries = cross.all_checks()
    text = page([*checks, *foreign], libraries)
    sys.stdout.write(text)
    if whole:
        (ROOT / "docs" / "conformance.md").write_text(text, "utf-8")
    else:
        sys.stderr.write(f"docs/conformance.md is left as it is: no {shared} (KAKOU_SHARED)\n")
    return 1 if any(check.failures for check in [*checks, *foreign]) else 0


if __name__ == "__main__":
    sys.exit(main())
