from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from tests.unit.domain.company import NOW, account, company
from vault.domain.cases import Case
from vault.domain.credential import Credential, Version
from vault.errors import RefusedError
from vault.services.cases import _refuse_without_seed


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
