from __future__ import annotations

from typing import get_args

import pytest

from tui.opening import Kind, page_about


@pytest.mark.parametrize("kind", get_args(Kind))
def test_each_kind_of_record_has_a_page_that_is_about_it(kind: Kind) -> None:
    page = page_about(kind, "c" * 32)
    assert (page.NAME, page.ids) == (kind, ("c" * 32,))
