from __future__ import annotations

import pytest

from vault.crypto import hpke, self_test
from vault.crypto.hkdf import expand, extract
from vault.crypto.self_test import run_self_test
from vault.errors import CannotUnlockError


def test_the_installed_library_passes() -> None:
    run_self_test()


@pytest.mark.parametrize(
    ("broken", "primitive"),
    [
        ("_ARGON2ID_TAG", "Argon2id"),
        ("_GCM_SEALED", "AES-256-GCM"),
        ("_ED25519_SIGNATURE", "Ed25519"),
    ],
)
def test_a_wrong_answer_is_named(
    monkeypatch: pytest.MonkeyPatch, broken: str, primitive: str
) -> None:
    monkeypatch.setattr(self_test, broken, bytes(64))
    with pytest.raises(CannotUnlockError, match=primitive):
        run_self_test()


def test_a_missing_primitive_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(self_test, "Argon2id")
    with pytest.raises(CannotUnlockError, match="Argon2id"):
        run_self_test()


def test_a_library_that_opens_under_any_context_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hpke, "unwrap", lambda *_: b"epoch key")
    with pytest.raises(CannotUnlockError, match="HPKE"):
        run_self_test()


def test_hkdf_gives_the_first_published_answer() -> None:
    prk = extract(bytes(range(13)), b"\x0b" * 22)  # RFC 5869 appendix A.1
    assert prk.hex() == "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5"
    okm = expand(prk, bytes(range(0xF0, 0xFA)), 42)
    assert okm.hex() == (
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
    )
