"""`python -m keys`: see keys.command."""

import sys

from keys.command import main

sys.exit(main())
