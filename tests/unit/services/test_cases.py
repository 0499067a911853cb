from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from tests.unit.domain.company import NOW, account, company
from vault.domain.cases import Case, CaseKind, Progress
from vault.domain.credential import Credential, Version
from vault.domain.steps import Step
from vault.errors import RefusedError
from vault.services.cases import _applied_pending, _refuse_without_seed


def test_a_seed_that_was_proved_beside_the_case_is_not_asked_for_again() -> None:
    proved = Version(number=1, made_at=NOW, current_from=NOW)
    seed = Credential(id="seed", account="acme", what="totp_seed", versions=(proved,))
    registry = company(account("acme"), seed)
    case = Case(id="case", what="offboarding", opened_at=NOW - timedelta(days=1))
    with pytest.raises(RefusedError, match="was proved since this case began") as refused:
        _refuse_without_seed(registry, case, "acme", NOW)
    assert "case replan" in refused.value.hint
    earlier = msgspec.structs.replace(case, opened_at=NOW + timedelta(days=1))
    with pytest.raises(RefusedError, match="no new authenticator secret"):
        _refuse_without_seed(registry, earlier, "acme", NOW)


@pytest.mark.parametrize(
    ("what", "way"),
    [("offboarding", "safehands case replan case"), ("rotation", "safehands rotate stop case")],
)
def test_a_password_that_was_changed_beside_the_case_is_not_asked_for_again(
    what: CaseKind, way: str
) -> None:
    versions = (
        Version(number=1, made_at=NOW, current_from=NOW - timedelta(days=9), superseded_at=NOW),
        Version(number=2, made_at=NOW, current_from=NOW),
    )
    changed = Credential(id="secret", account="acme", versions=versions)
    registry = company(account("acme"), changed)
    case = Case(id="case", what=what, opened_at=NOW - timedelta(days=1))
    step = Step(id="step", act="rotate_password", account="acme", target="secret", person="jan")
    with pytest.raises(RefusedError, match="was changed since this case began") as refused:
        _applied_pending(registry, case, Progress(step=step), "ann", NOW)
    assert way in refused.value.hint
    before = msgspec.structs.replace(case, opened_at=NOW + timedelta(days=1))
    with pytest.raises(RefusedError, match="no new password for net/@acme is pending"):
        _applied_pending(registry, before, Progress(step=step), "ann", NOW)
