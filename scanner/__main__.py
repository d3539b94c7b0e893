"""`python -m scanner`: see scanner.app."""

import sys

from scanner.app import main

sys.exit(main())
