from __future__ import annotations

import pytest

from tests.unit.domain.company import NOW, account, company, days, version
from vault.domain.credential import Credential, Version
from vault.domain.effects import effect
from vault.domain.steps import Step

OLD = version(1, days(-60), codes=10)
NEW = version(2, days(-1), current_from=None, codes=8)


def renewed(*versions: Version) -> Credential:
    """Return the codes after a step that renews them."""
    codes = Credential(
        id="codes", account="acme", what="recovery_codes", versions=versions, codes_left=1
    )
    step = Step(id="renew", act="renew_recovery_codes", account="acme", target="codes")
    (changed,) = (c.record for c in effect(company(account(), codes), step, NOW, ""))
    assert isinstance(changed, Credential)
    return changed


def test_a_new_list_is_counted_from_its_beginning() -> None:
    codes = renewed(OLD, NEW)
    assert (codes.codes_left, codes.unused_codes(NOW)) == (8, 8)


def test_a_list_that_is_not_kept_here_is_not_counted() -> None:
    assert renewed(OLD).unused_codes(NOW) is None


@pytest.mark.parametrize(("left", "unused"), [(None, 10), (3, 3), (0, 0)])
def test_what_nobody_used_yet_is_the_whole_list(left: int | None, unused: int) -> None:
    codes = Credential(
        id="codes", account="acme", what="recovery_codes", versions=(OLD,), codes_left=left
    )
    assert codes.unused_codes(NOW) == unused
