"""`python -m vault` is `safehands`."""

from __future__ import annotations

import sys

from vault.cli import main

sys.exit(main())
