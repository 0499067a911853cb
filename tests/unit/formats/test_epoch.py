from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.unit.formats.builder import COLLEAGUE, FOUNDER, counted_random
from vault.errors import EpochKeyError
from vault.formats.epoch import (
    EpochBlock,
    EpochKeys,
    derive_epoch_keys,
    descend_ladder,
    open_admin_grant,
    open_reporter_grant,
    read_epoch_block,
    seal_grant,
    seal_ladder,
    start_epoch,
)
from vault.formats.member import MemberKind
from vault.formats.wire import Reader

VAULT_ID = b"\xaa" * 16


def keys_of(epoch: int) -> EpochKeys:
    return derive_epoch_keys(VAULT_ID, epoch, bytes([epoch]) * 32)


def blocks(last: int) -> dict[int, EpochBlock]:
    random, made = counted_random(), {}
    for epoch in range(1, last + 1):
        ladder = b""
        if epoch > 1:
            ladder = seal_ladder(VAULT_ID, epoch, keys_of(epoch), keys_of(epoch - 1), random)
        made[epoch] = start_epoch(VAULT_ID, epoch, keys_of(epoch), [FOUNDER.public()], ladder)
    return made


def test_a_block_survives_its_bytes() -> None:
    for block in blocks(2).values():
        reader = Reader(block.encode(), "block")
        assert read_epoch_block(reader) == block
        reader.finish()


def test_an_admins_grant_opens_to_all_keys() -> None:
    block = blocks(1)[1]
    opened = open_admin_grant(VAULT_ID, block, FOUNDER, block.grants[0])
    assert opened == keys_of(1)


def test_a_reporters_grant_opens_to_reading_keys_alone() -> None:
    block = blocks(1)[1]
    grant = seal_grant(VAULT_ID, 1, COLLEAGUE.public(MemberKind.REPORTER), keys_of(1))
    opened = open_reporter_grant(VAULT_ID, block, COLLEAGUE, grant)
    assert (opened.head, opened.log, opened.snap) == (
        keys_of(1).head,
        keys_of(1).log,
        keys_of(1).snap,
    )
    assert not hasattr(opened, "body")
    assert not hasattr(opened, "ladder")


def test_an_epoch_key_of_another_length_is_refused_even_if_committed_to() -> None:
    keys = derive_epoch_keys(VAULT_ID, 1, b"\x07" * 31)
    block = start_epoch(VAULT_ID, 1, keys, [FOUNDER.public()])
    with pytest.raises(EpochKeyError):
        open_admin_grant(VAULT_ID, block, FOUNDER, block.grants[0])


def test_a_reporters_grant_holds_exactly_three_keys() -> None:
    reporter = COLLEAGUE.public(MemberKind.REPORTER)
    grant = seal_grant(VAULT_ID, 1, reporter, replace(keys_of(1), snap=b"short"))
    with pytest.raises(EpochKeyError):
        open_reporter_grant(VAULT_ID, blocks(1)[1], COLLEAGUE, grant)


def test_the_ladder_leads_down_to_the_first_epoch() -> None:
    found = descend_ladder(VAULT_ID, keys_of(4), blocks(4), 4)
    assert found == {epoch: keys_of(epoch) for epoch in (1, 2, 3, 4)}


def test_a_rung_that_was_exchanged_is_named() -> None:
    made = blocks(4)
    made[3] = replace(made[3], ladder=made[2].ladder)
    with pytest.raises(EpochKeyError, match="epoch 2"):
        descend_ladder(VAULT_ID, keys_of(4), made, 4)


def test_the_keys_of_an_epoch_never_show_themselves() -> None:
    keys = keys_of(1)
    assert repr(keys) == "<EpochKeys: hidden>"
    assert keys.__rich_repr__() == []


def test_all_keys_of_all_epochs_differ() -> None:
    values = [
        getattr(keys_of(epoch), name)
        for epoch in (1, 2)
        for name in ("head", "log", "snap", "body", "ladder", "epoch_key", "commitment")
    ]
    assert len(set(values)) == 14
