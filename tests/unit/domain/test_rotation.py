"""Which secrets are due and why, in which order, and what a rotation takes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from tests.conftest import REPOSITORY
from tests.unit.domain.company import (
    LONG_AGO,
    NOW,
    account,
    company,
    days,
    holds,
    mailbox,
    password,
    saw,
    seat,
    since,
    version,
)
from vault.domain.cases import Case, Progress
from vault.domain.credential import Credential
from vault.domain.grant import Grant
from vault.domain.person import Person
from vault.domain.registry import Registry
from vault.domain.rotation import in_order, kept_of, retirable, rotations_due, unproved
from vault.domain.rotation_ending import standing
from vault.domain.rotation_policy import USUAL, Policy, Rule, check_policy, read_policy
from vault.domain.rotation_steps import RotationPlan, plan_rotation, secrets_to_change
from vault.errors import NotFoundError, RefusedError, UsageError
from vault.services.catalogue import load_catalogue

CLASS = '[[class]]\nname = "a"\nhours = 1\n'
AGED = Policy(classes=(Rule(name="all", hours=24, age_days=200),))


def left(who: str = "jan", ago: int = 5) -> Person:
    return Person(id=who, name=who.title(), last_day=days(-ago).date())


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (True, True, "Both are kept here."),
        (False, True, "Only the new one is kept here: the old one is with whoever knows it."),
        (True, False, "Only the old one is kept here: the new one is with whoever knows it."),
        (False, False, "Neither is kept here: they are with whoever knows them."),
    ],
)
def test_of_a_secret_in_doubt_it_says_which_version_is_kept(
    old: bool, new: bool, told: str
) -> None:
    current, pending = version(stored=old), version(2, stored=new, current_from=None)
    versions = (current, pending)
    assert kept_of(Credential(id="c", account="acme", what="password", versions=versions)) == told


def token(of: str = "acme", what: Any = "app_password", **fields: Any) -> Credential:
    versions = (version(stored=True),)
    return Credential(id=f"{what} of {of}", account=of, what=what, versions=versions, **fields)


def planned(registry: Registry, name: str = "acme", **options: Any) -> RotationPlan:
    found = registry.account(name)
    secrets = secrets_to_change(registry, found, NOW)
    secret = secrets[0] if secrets else None
    given = {"policy": USUAL, **options}
    return plan_rotation(registry, found, secret, at=NOW, by="ann", **given)


def acts(plan: RotationPlan) -> list[str]:
    return [step.act for step in plan.steps]


def test_nothing_is_due_while_nobody_left_and_nothing_is_old() -> None:
    assert rotations_due(company(account(), password(), holds("ann")), NOW, USUAL) == []


def test_what_somebody_who_left_could_know_is_due_in_the_hours_of_its_class() -> None:
    registry = company(account(), password(), left(ago=5), holds("jan", until=days(-4)))
    [due] = rotations_due(registry, NOW, Policy(classes=(Rule(name="soon", hours=72),)))
    assert [(r.cause, r.since.date()) for r in due.reasons] == [("exposure", days(-4).date())]
    assert due.due_at - due.reasons[0].since == timedelta(hours=72)
    assert due.terms.name == "soon"
    assert due.is_overdue(NOW)
    assert not due.seen


def test_what_somebody_did_see_comes_before_what_they_could_know() -> None:
    registry = company(
        account("a"), account("b"), password("a"), password("b"), left(), saw("jan", "b"),
        holds("jan", until=days(-4)),
    )  # fmt: skip
    assert [each.credential.account for each in rotations_due(registry, NOW, USUAL)] == ["b", "a"]


def test_what_opens_other_accounts_is_due_at_once_and_first_in_order() -> None:
    registry = company(
        account("a"), account("parent"), account("z", sign_in_accounts=since("parent")),
        password("a"), password("parent"), left(), holds("jan", until=days(-4)),
    )  # fmt: skip
    due = rotations_due(registry, NOW, USUAL)
    assert [each.credential.account for each in due] == ["parent", "a"]
    assert [each.terms.name for each in due] == ["at once", "a week"]


def test_parents_come_before_what_hangs_on_them_even_where_that_is_due_earlier() -> None:
    older = password("child", version(at=days(-400)))
    registry = company(
        account("child", sign_in_accounts=since("parent")), account("top"),
        account("parent", sign_in_accounts=since("top")), older, password("parent"),
        password("top"),
    )  # fmt: skip
    due = rotations_due(registry, NOW, AGED)
    assert [each.credential.account for each in due] == ["top", "parent", "child"]


def test_an_old_secret_is_due_at_its_age_and_one_that_does_not_wear_out_never() -> None:
    seed = token(what="totp_seed")
    registry = company(account(), password(), seed)
    policy = Policy(classes=AGED.classes, ages={"totp_seed": 0})
    [due] = rotations_due(registry, NOW, policy)
    assert due.credential.what == "password"
    assert due.reasons[0].since == LONG_AGO + timedelta(days=200)


def test_a_breach_of_a_platform_makes_due_what_was_in_use_that_day_and_nothing_newer() -> None:
    new = password("b", version(at=days(-1)))
    registry = company(account("a"), account("b"), password("a"), new)
    policy = read_policy('[[breach]]\nplatform = "net"\non = 2026-06-10\n')
    [due] = rotations_due(registry, NOW, policy)
    assert (due.credential.account, due.why) == ("a", "strangers may know it")
    assert due.is_overdue(NOW)


@pytest.mark.parametrize("days_of", [("2026-06-10", "2026-01-02"), ("2026-01-02", "2026-06-10")])
def test_of_several_breaches_of_a_platform_the_last_one_counts(days_of: tuple[str, str]) -> None:
    tables = (f'[[breach]]\nplatform = "net"\non = {on}\n' for on in days_of)
    registry = company(account(), password("acme", version(at=days(-30))))
    assert len(rotations_due(registry, NOW, read_policy("".join(tables)))) == 1


def test_a_secret_that_is_on_a_list_of_breached_ones_is_due_at_once() -> None:
    known = password("acme", version(breached_at=days(-1)))
    [due] = rotations_due(company(account(), known), NOW, USUAL)
    assert (due.reasons[0].cause, due.due_at) == ("breach", days(-1))


def test_the_order_does_not_depend_on_the_order_of_the_records() -> None:
    names = ["c", "a", "b"]
    records = [*map(account, names), *map(password, names), left(), holds("jan", until=days(-4))]
    one, other = company(*records), company(*reversed(records))
    assert rotations_due(one, NOW, USUAL) == rotations_due(other, NOW, USUAL)
    assert in_order(one, rotations_due(other, NOW, USUAL)[::-1], NOW) == rotations_due(
        one, NOW, USUAL
    )


def test_a_password_that_ends_no_tokens_brings_a_step_for_each_that_is_known() -> None:
    tool = account("tool")
    grant = Grant(id="g", tool="tool", account="acme", granted_by="jan", since=LONG_AGO)
    registry = company(
        account(), tool, password(), token(), token(what="stream_key"), grant, holds("ann"),
        password_change_ends_tokens="no", password_change_ends_sessions="yes",
    )  # fmt: skip
    plan = planned(registry)
    assert acts(plan) == ["rotate_password", "rotate_token", "rotate_token", "reconnect_tool"]
    first, *rest = plan.steps
    assert all(step.depends_on == (first.id,) for step in rest)
    assert {step.target for step in rest} == {"app_password of acme", "stream_key of acme", "g"}


@pytest.mark.parametrize("answer", ["no", "unknown"])
def test_where_no_token_is_known_the_list_of_apps_is_to_be_looked_at(answer: str) -> None:
    registry = company(account(), password(), password_change_ends_tokens=answer)
    assert acts(planned(registry)) == ["rotate_password", "end_sessions", "revoke_app"]
    assert not planned(registry).steps[-1].target


def test_where_a_password_ends_sessions_and_tokens_it_is_the_only_step() -> None:
    facts = {"password_change_ends_tokens": "yes", "password_change_ends_sessions": "yes"}
    plan = planned(company(account(), password(), token(), **facts))
    assert acts(plan) == ["rotate_password"]
    assert plan.steps[0].reason == "somebody wants it changed"


def test_the_same_records_give_the_same_steps_and_the_next_rotation_others() -> None:
    first = planned(company(account(), password()))
    assert first == planned(company(password(), account()))
    again = password("acme", version(superseded_at=days(-1)), version(2, days(-1)))
    second = planned(company(account(), again))
    assert not {s.id for s in first.steps} & {s.id for s in second.steps}
    assert planned(company(account(), again), replaced=1).steps == first.steps


def test_an_account_without_a_password_has_its_keys_renewed() -> None:
    registry = company(account(), token(what="stream_key"), holds("ann"))
    assert acts(planned(registry)) == ["rotate_token"]


def test_an_account_without_a_secret_is_taken_from_those_who_left() -> None:
    own = mailbox("jans", owner="jan", type="personal")
    webs = mailbox("web", "webcare", owner="webcare", type="shared")
    held = account(login_mailboxes=since("jans"))
    registry = company(held, own, webs, seat("jan", "post"), seat("ann", "owner"), left())
    plan = planned(registry)
    assert [(s.act, s.target) for s in plan.steps] == [
        ("prove_mailbox", "web"),
        ("change_login_mail", "jans"),
        ("remove_seat", "jan on acme"),
    ]
    assert plan.steps[1].to == "web"


def test_an_account_with_nothing_to_change_is_refused_and_its_sign_in_parent_named() -> None:
    child = account("child", sign_in_accounts=since("acme"))
    with pytest.raises(RefusedError, match="no secret of its own") as refused:
        planned(company(account(), child), "child")
    assert "opened by net/@acme" in refused.value.hint


def test_a_secret_of_a_kind_that_is_not_there_is_not_found() -> None:
    registry = company(account(), password())
    with pytest.raises(NotFoundError, match="no API token"):
        secrets_to_change(registry, registry.account("acme"), NOW, "api_token")


def test_replaced_versions_are_kept_for_90_days_and_no_more_than_five() -> None:
    def old(number: int, ago: int) -> Any:
        return version(number, days(-ago - 1), superseded_at=days(-ago))

    recent = [old(n, 80 - n) for n in range(1, 7)]
    found = password("acme", *recent, version(7, days(-1)))
    assert [v.number for v in retirable(found, NOW, USUAL)] == [1]
    aged = password("acme", old(1, 91), old(2, 89), version(3, days(-1)))
    assert [v.number for v in retirable(aged, NOW, USUAL)] == [1]


def test_no_version_is_retired_while_a_change_is_under_way() -> None:
    old = version(1, days(-400), superseded_at=days(-300))
    found = password("acme", old, version(2, days(-300)), version(3, days(-1), current_from=None))
    assert retirable(found, NOW, USUAL) == []
    assert retirable(found, NOW - timedelta(days=900), USUAL) == []


def test_what_is_under_way_is_so_even_by_a_clock_that_was_set_back() -> None:
    found = password("acme", version(), version(2, NOW, current_from=None))
    pending = unproved(found)
    assert pending is not None
    assert pending.number == 2
    assert found.at_stage("pending", days(-1)) is None


def rotation(*, state: Any = "verified", replaced: int = 1) -> Case:
    step = planned(company(account(), password())).steps[0]
    return Case(
        id="c1", what="rotation", account="acme", credential="password of acme",
        version=replaced, opened_at=days(-2), progress=(Progress(step, state),),
    )  # fmt: skip


def test_a_rotation_stays_open_while_the_old_version_is_in_use() -> None:
    registry = company(account(), password())
    [why] = standing(registry, rotation(), NOW)
    assert why == "the password of net/@acme is still the one that was to be changed (version 1)"
    assert [*standing(registry, rotation(state="waived"), NOW)] == []


def test_a_rotation_stays_open_while_somebody_who_left_could_know_the_new_version() -> None:
    new = password("acme", version(superseded_at=days(-1)), version(2, days(-1)))
    assert [*standing(company(account(), new), rotation(), NOW)] == []
    registry = company(account(), new, left(), saw("jan", number=2, at=days(-1)))
    [why] = standing(registry, rotation(), NOW)
    assert why.startswith("Jan has left, and could know the password of net/@acme (version 2)")


def test_a_rotation_stays_open_while_another_version_is_pending() -> None:
    new = password(
        "acme", version(superseded_at=days(-1)), version(2, days(-1)),
        version(3, days(-1), current_from=None),
    )  # fmt: skip
    [why] = standing(company(account(), new), rotation(), NOW)
    assert "pending" in why


def test_a_policy_says_what_differs_and_the_rest_is_as_usual() -> None:
    policy = read_policy("keep_days = 30\n[ages]\npassword = 365\n")
    assert policy.keep_days == 30
    assert policy.classes == USUAL.classes
    assert policy.ages == {**USUAL.ages, "password": 365}
    own = read_policy('[[class]]\nname = "all"\nhours = 12\ntwo_person = true\n')
    assert own.classes == (Rule(name="all", hours=12, two_person=True),)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("keep_days = ", "the rotation policy is not valid TOML"),
        ("keep_days = -1", "keep_days: "),
        ("keep_dayz = 1", "keep_dayz: is no key here"),
        ('[[class]]\nname = "a"', "[[class]] 1 (a) hours: is missing"),
        (
            '[[class]]\nname = "a"\nhours = "soon"',
            "[[class]] 1 (a) hours: must be a whole number, not a text",
        ),
        ('[[class]]\nname = "a"\nhours = 1\nkindz = []', "[[class]] 1 (a) kindz: is no key here"),
        (
            '[[class]]\nname = "a"\nhours = 1\nkinds = [3]',
            "[[class]] 1 (a) kinds 1: must be a text, not a whole number",
        ),
        ("[[class]]\nname = 3\nhours = 1", "[[class]] 1 name: "),
        ("class = [3]", "[[class]] 1: "),
        ("[ages]\nbirthday = 1", "ages"),
        ('class = "all"', "class: "),
        ('[[breach]]\nplatform = "x"\non = "yesterday"', "[[breach]] 1 (x) on: "),
        ("ages = 3", "ages: "),
        (
            f'{CLASS}kinds = ["social"]\n[[class]]\nname = "a"\nhours = 2',
            "[[class]] 2 (a) name: is that of [[class]] 1 too",
        ),
        (
            f'{CLASS}[[class]]\nname = "b"\nhours = 2\nkinds = ["social"]',
            "[[class]] 1 (a): takes every account",
        ),
    ],
)
def test_a_policy_that_is_not_understood_says_which_table_and_key(text: str, where: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_policy(text)
    assert caught.value.message.startswith(where)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('[[class]]\nname = "a"\nhours = 1\nkinds = ["sozial"]', "[[class]] 1 (a) kinds: "),
        ('[[class]]\nname = "a"\nhours = 1\nplatforms = ["twiter"]', "[[class]] 1 (a) platforms: "),
        ('[[breach]]\nplatform = "twiter"\non = 2026-01-01', "[[breach]] 1 (twiter) platform: "),
        ('[[breach]]\nplatform = "x"\non = 2026-06-16', "[[breach]] 1 (x) on: 2026-06-16 has not"),
    ],
)
def test_a_policy_that_would_never_apply_says_file_table_and_key(text: str, where: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_policy(read_policy(text), load_catalogue(None), NOW.date(), "my.toml")
    assert caught.value.message.startswith(f"my.toml: {where}")
    today = '[[breach]]\nplatform = "x"\non = 2026-06-15'
    check_policy(read_policy(today), load_catalogue(None), NOW.date(), "my.toml")


def test_the_policy_in_the_documentation_is_the_usual_one_with_a_breach() -> None:
    page = (REPOSITORY / "docs" / "rotation.md").read_text(encoding="utf-8")
    shown = read_policy(page.partition("```toml\n")[2].partition("```")[0])
    assert [breach.platform for breach in shown.breaches] == ["x"]
    assert msgspec.structs.replace(shown, breaches=()) == USUAL


def test_the_usual_policy_names_what_the_catalogue_knows() -> None:
    check_policy(USUAL, load_catalogue(None), NOW.date(), "rotation.toml")


def test_the_class_of_an_account_decides_whether_a_second_person_proves_it() -> None:
    policy = Policy(classes=(Rule(name="all", hours=12, two_person=True),))
    plan = planned(company(account(), password()), policy=policy)
    assert [step.two_person for step in plan.steps] == [True, False, False]
