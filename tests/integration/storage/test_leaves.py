from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import fewer
from vault.formats.state import leaf, state_of, state_root
from vault.storage.leaves import NO_LEAVES, Leaf, Leaves

HASHES = st.binary(min_size=32, max_size=32)
# Two first bytes only, so that records meet in one bucket.
RIDS = st.builds(
    lambda first, rest: bytes([first]) + rest,
    st.sampled_from([0, 255]),
    st.binary(min_size=15, max_size=15),
)
ROWS = st.builds(Leaf, RIDS, st.integers(1, 2**40), st.integers(1, 9), HASHES, HASHES)


@fewer
@given(st.lists(st.lists(ROWS, max_size=8), max_size=4))
def test_a_state_that_grew_step_by_step_is_the_state_of_its_last_leaves(
    steps: list[list[Leaf]],
) -> None:
    state = NO_LEAVES
    newest: dict[bytes, Leaf] = {}
    for step in steps:
        before = state
        state, touched = state.put(leaf(*row) for row in step)
        assert touched == {row.rid[0] for row in step}
        assert before.root == state_root(before.hashes)
        newest |= {row.rid: row for row in step}
    packed = [leaf(*row) for row in newest.values()]
    assert len(state) == len(newest)
    assert state.root == state_root(state_of(packed).hashes)
    assert all(state.get(rid) == row for rid, row in newest.items())
    whole = Leaves(*state_of(packed))
    assert all(whole.get(rid) == row for rid, row in newest.items())


@fewer
@given(RIDS, st.lists(ROWS, max_size=8))
def test_a_record_that_is_not_there_is_not_found(rid: bytes, rows: list[Leaf]) -> None:
    state, _ = NO_LEAVES.put(leaf(*row) for row in rows if row.rid != rid)
    assert state.get(rid) is None
