from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vault.domain.secret import Secret
from vault.errors import UsageError
from vault.services.totp import as_address, check_seed, live_code, matches, new_seed

SEED = "JBSWY3DPEHPK3PXP"
NOW = datetime(2026, 6, 15, 12, 0, 10, tzinfo=UTC)

# RFC 6238 appendix B: the seed is as long as the hash, eight digits, thirty seconds.
RFC = {
    ("SHA1", 59): "94287082",
    ("SHA256", 59): "46119246",
    ("SHA512", 59): "90693936",
    ("SHA1", 1111111109): "07081804",
    ("SHA256", 1111111109): "68084774",
    ("SHA512", 1111111109): "25091201",
    ("SHA1", 1234567890): "89005924",
    ("SHA256", 2000000000): "90698825",
    ("SHA512", 20000000000): "47863826",
}
LENGTHS = {"SHA1": 20, "SHA256": 32, "SHA512": 64}


@pytest.mark.parametrize(("algorithm", "second"), RFC)
def test_codes_are_those_of_the_standard(algorithm: str, second: int) -> None:
    seed = (b"1234567890" * 7)[: LENGTHS[algorithm]]
    text = base64.b32encode(seed).decode()
    address = f"otpauth://totp/x?secret={text}&algorithm={algorithm}&digits=8"
    code = live_code(Secret(address), datetime.fromtimestamp(second, UTC))
    assert code.code.reveal() == RFC[algorithm, second]
    assert code.seconds_left == 30 - second % 30


def test_a_bare_seed_may_be_typed_as_platforms_print_it() -> None:
    codes = {
        live_code(Secret(text), NOW).code.reveal()
        for text in (SEED, SEED.lower(), "jbsw y3dp-ehpk 3pxp", f" {SEED}====\n")
    }
    assert len(codes) == 1
    assert live_code(Secret(SEED), NOW).seconds_left == 20


def test_a_code_is_good_for_half_a_minute_to_either_side() -> None:
    code = live_code(Secret(SEED), NOW).code.reveal()
    for seconds, good in ((0, True), (30, True), (-30, True), (61, False), (-61, False)):
        assert matches(Secret(SEED), code, NOW + timedelta(seconds=seconds)) is good
    assert matches(Secret(SEED), f" {code[:3]} {code[3:]}", NOW)
    assert not matches(Secret(SEED), "", NOW)
    assert not matches(Secret(SEED), "١٢٣٤٥٦", NOW)


def test_an_app_that_scans_the_address_gives_the_same_codes() -> None:
    for stored in (SEED, f"otpauth://totp/a?secret={SEED}&period=60&digits=7&algorithm=SHA512"):
        address = as_address(Secret(stored), "jan:[/]\x1b@acme", "X & Co")
        assert address.reveal().startswith("otpauth://totp/")
        assert address.reveal().isprintable()
        assert live_code(address, NOW) == live_code(Secret(stored), NOW)


def test_a_new_seed_is_as_long_as_its_randomness() -> None:
    assert new_seed(bytes(20)).reveal() == "A" * 32
    check_seed(new_seed(b"\xff" * 20))


ABSURD = {
    "digits": f"otpauth://totp/x?secret={SEED}&digits=99",
    "digits 10": f"otpauth://totp/x?secret={SEED}&digits=10",
    "no digits": f"otpauth://totp/x?secret={SEED}&digits=six",
    "period 0": f"otpauth://totp/x?secret={SEED}&period=0",
    "a negative period": f"otpauth://totp/x?secret={SEED}&period=-30",
    "an endless period": f"otpauth://totp/x?secret={SEED}&period={'9' * 1000}",
    "algorithm": f"otpauth://totp/x?secret={SEED}&algorithm=MD5",
    "an attribute of hashlib": f"otpauth://totp/x?secret={SEED}&algorithm=new",
    "two seeds": f"otpauth://totp/x?secret={SEED}&secret={SEED}",
    "no seed": "otpauth://totp/x?issuer=X",
    "counting": f"otpauth://hotp/x?secret={SEED}&counter=1",
    "steam": f"otpauth://totp/x?secret={SEED}&encoder=steam",
    "another scheme": f"https://totp/x?secret={SEED}",
    "no kind": f"otpauth:?secret={SEED}",
    "a broken address": f"otpauth://[totp/x?secret={SEED}",
    "many fields": f"otpauth://totp/x?secret={SEED}&" + "&".join(f"a{n}=1" for n in range(30)),
    "huge": f"otpauth://totp/x?secret={SEED}&issuer={'x' * 100_000}",
    "a huge seed": "A" * 100_000,
    "controls": f"otpauth://totp/\x1b]52;c;x\x07?secret={SEED}",
    "no base32": "18oo1800oo",
    "short": "JBSWY3DP",
    "empty": "",
}


@pytest.mark.parametrize("name", ABSURD)
def test_an_absurd_seed_is_refused_with_a_reason_that_quotes_nothing_of_it(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_seed(Secret(ABSURD[name]))
    assert caught.value.message.startswith("this is no seed of an authenticator app: ")
    assert SEED not in caught.value.message
    assert len(caught.value.message) < 200
    assert caught.value.__cause__ is None


@given(st.text() | st.text().map(lambda tail: f"otpauth://totp/{tail}"))
@example("otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&digits=²")
def test_any_text_is_a_seed_or_refused(text: str) -> None:
    try:
        code = live_code(Secret(text), NOW)
    except UsageError:
        return
    assert code.code.reveal().isdecimal()
