"""`python -m issuer`."""

from __future__ import annotations

import sys

from issuer.app import main

if __name__ == "__main__":
    sys.exit(main())
