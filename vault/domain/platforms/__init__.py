"""The platform catalogue: every place an account can be, with facts, spellings and playbooks.

`parse` and `compile` read the TOML files in `data`; they are imported from their own modules,
since a program that only looks things up needs neither.
"""

from __future__ import annotations

from vault.domain.platforms.catalogue import Catalogue
from vault.domain.platforms.model import (
    PLATFORM_ACTS,
    Answer,
    FactorKind,
    Handle,
    OwnershipModel,
    PasswordRules,
    Platform,
    PlatformAct,
    Play,
    Probe,
    ProbeWay,
    ProfilePath,
    Provenance,
    Recognised,
    Source,
    StaleFact,
)

__all__ = [
    "PLATFORM_ACTS",
    "Answer",
    "Catalogue",
    "FactorKind",
    "Handle",
    "OwnershipModel",
    "PasswordRules",
    "Platform",
    "PlatformAct",
    "Play",
    "Probe",
    "ProbeWay",
    "ProfilePath",
    "Provenance",
    "Recognised",
    "Source",
    "StaleFact",
]
