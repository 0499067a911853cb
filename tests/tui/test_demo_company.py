"""What the demo company shows of what a former colleague knows."""

from __future__ import annotations

from datetime import timedelta

from tests.integration.storage.builder import Sample
from vault.domain.credential import Credential
from vault.domain.knowledge import did_see
from vault.domain.ledger import accounts_known, changed_since
from vault.domain.naming import resolve
from vault.domain.person import Person


def test_who_left_could_know_three_passwords_saw_two_and_one_has_changed(brugman: Sample) -> None:
    with brugman.open() as session:
        registry, at = session.registry, session.env.now() + timedelta(days=1)
        pieter = resolve(registry, Person, "Pieter Jonker")
        told = {
            account.label: changed
            for account in accounts_known(registry, pieter.id, at)
            for changed in changed_since(registry, pieter.id, account, at)
        }
        assert {label: changed.answer for label, changed in told.items()} == {
            "instagram/@brugmanjobs": "yes",
            "tiktok/@brugmanjobs": "no",
            "x/@brugmanjobs": "no",
        }
        secrets = {label: registry.get(each.credential, Credential) for label, each in told.items()}
        seen = [label for label, each in secrets.items() if did_see(registry, pieter.id, each, 1)]
        assert sorted(seen) == ["instagram/@brugmanjobs", "x/@brugmanjobs"]
