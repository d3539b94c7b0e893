"""`./go conformance`: every check, printed and written to docs/conformance.md; 1 if one fails."""

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
    checks = lists.all_checks(shared if shared.is_dir() else None)
    checks += encodings.all_checks() + signatures.all_checks()
    foreign, libraries = cross.all_checks()
    text = page([*checks, *foreign], libraries)
    (ROOT / "docs" / "conformance.md").write_text(text, "utf-8")
    sys.stdout.write(text)
    return 1 if any(check.failures for check in [*checks, *foreign]) else 0


if __name__ == "__main__":
    sys.exit(main())
