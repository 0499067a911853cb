"""`python -m vault` is `safehands`."""

import sys

from vault.cli import main

sys.exit(main())
