"""The documents that programs read: their names and keys stay."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.runner import Desk
from vault.domain.platforms.model import Platform, Play, Probe
from vault.services.catalogue import load_catalogue

RECORDS = {
    "person": (
        "id name mail other_mails listed_as external_id manager joined last_day memberships"
        " source note one_with"
    ),
    "role": "id name purpose external_id min_holders until source note",
    "mailbox": (
        "id address type owner readers shut_out proven_at challenge keep_until since until source"
        " note"
    ),
    "phone": "id number type contract carriers until note",
    "account": (
        "id platform handles platform_id url aliases display_name external_id owner_roles"
        " login_mailboxes recovery_mailboxes recovery_phones sign_in_accounts containers models"
        " purpose audience brand country language tags cadence_days state sessions_ended"
        " last_activity since until source note"
    ),
    "factor": (
        "id account method label holders phone mailbox credential seed company_device since until"
    ),
    "seat": "id account level person role_account since granted_by confirmed_on until",
    "grant": "id tool account granted_by scope level since until",
    "credential": "id account what label versions codes_left until",
    "case": (
        "id what person account credential version reason terms last_day mode two_person successors"
        " opened_at opened_by closed_at closed_by progress notes verdict"
    ),
}
LISTED = {
    "person": "status roles vault_member role_ids",
    "role": "holders holder_ids accounts account_ids",
}
"""What lists say beside the fields of the records."""
PLURALS = {"person": "people", "mailbox": "mailboxes"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("documents")
    folder.chmod(0o700)
    desk = Desk(folder).found().keep_open().with_webcare()
    desk.do("mailbox", "add", "web@acme.example", "--role", "webcare")
    desk.do("phone", "add", "+31612345678", "--carrier", "jan")
    desk.do("account", "add", "x/@acme", "--role", "webcare")
    desk.do("account", "add", "youtube/@acme", "--role", "webcare")
    desk.do("seat", "add", "youtube/@acme", "jan")
    desk.do("factor", "add", "x/@acme", "totp", "--holder", "jan")
    desk.do("grant", "add", "x/@acme", "youtube/@acme", "--by", "eva")
    desk.do("dormant", "record", "x/@acme", "--last", "2020-01-01")
    desk.do("credential", "set", "x/@acme", "--generate", "--stdout")
    desk.do("person", "leave", "jan", "--last-day", "2099-01-01")
    desk.do("offboard", "start", "jan")
    return desk


@pytest.mark.parametrize("kind", RECORDS)
def test_a_list_has_every_field_of_each_record_at_its_default_too(desk: Desk, kind: str) -> None:
    plural = PLURALS.get(kind, f"{kind}s")
    document = desk.ask(kind, "list")
    assert list(document) == ["schema", "as_of", plural]
    assert document[plural]
    for record in document[plural]:
        assert list(record) == ["kind", *RECORDS[kind].split(), *LISTED.get(kind, "").split()]
        assert record["kind"] == kind


DOCUMENTS: dict[str, tuple[tuple[str, ...], str]] = {
    "safehands.report_ownership/1": (
        ("report", "ownership"),
        "title answers as_of clean figures past sections charts dates",
    ),
    "safehands.status/1": (
        ("status",),
        (
            "vault_id entries fingerprint first_sight seen_from records open_accounts leaving"
            " personal_accounts knowledge_debt single_points dormant open_cases"
        ),
    ),
    "safehands.check/1": (("check",), "as_of counts findings overdue to_retire"),
    "safehands.doctor/1": (("doctor",), "version python platforms configuration checks"),
    "safehands.export/1": (("export",), "records"),
    "safehands.access/1": (
        ("account", "who", "x/@acme"),
        "as_of account company_has_full_control people unconfirmed",
    ),
    "safehands.holdings/1": (("person", "holds", "jan"), "as_of person ties controls"),
    "safehands.link/1": (("account", "link", "x/@acme"), "account url"),
    "safehands.plan/1": (
        ("offboard", "plan", "jan"),
        "person person_name last_day mode made_at ties steps blockers verdict counts cautions",
    ),
    "safehands.dormant/1": (("dormant", "report"), "as_of policy counts accounts"),
    "safehands.deactivation_plan/1": (
        ("deactivate", "plan", "x/@acme"),
        "closings counts left_out",
    ),
    "safehands.deactivations/1": (("deactivate", "list"), "as_of cases"),
    "safehands.rotation_due/1": (("rotate", "due"), "as_of counts secrets to_retire"),
    "safehands.rotation_plan/1": (("rotate", "plan", "x/@acme"), "as_of plans"),
    "safehands.rotation_retired/1": (("rotate", "retire", "--dry-run"), "as_of dry_run versions"),
    "safehands.next_steps/1": (
        ("case", "next", "jan"),
        "case steps to_confirm waiting next_on",
    ),
    "safehands.credential_history/1": (
        ("credential", "history", "x/@acme"),
        "as_of account versions",
    ),
    "safehands.reuse/1": (("credential", "reuse"), "as_of not_compared groups"),
    "safehands.changed/1": (("credential", "changed", "jan", "x/@acme"), "as_of person secrets"),
    "safehands.breached/1": (("credential", "breached"), "list checked not_kept found"),
    "safehands.journal/1": (("journal", "list"), "entries"),
    "safehands.journal_entry/1": (
        ("journal", "show", "1"),
        "seq at author kind act note records count hash is_open",
    ),
    "safehands.journal_verified/1": (("journal", "verify"), "entries"),
    "safehands.platforms/1": (("platform", "list", "x"), "platforms"),
    "safehands.stale_facts/1": (("platform", "stale"), "as_of facts"),
    "safehands.play/1": (
        ("platform", "show", "x", "--act", "rotate_password"),
        "platform act steps check links needs",
    ),
}


@pytest.mark.parametrize("schema", DOCUMENTS)
def test_a_document_keeps_its_name_and_keys(desk: Desk, schema: str) -> None:
    argv, keys = DOCUMENTS[schema]
    document = desk.ask(*argv, code=None)
    assert list(document) == ["schema", *keys.split()]
    assert document["schema"] == schema


PARTS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "a step of a plan": (
        ("offboard", "plan", "jan"),
        "steps",
        (
            "id act account account_name platform handle title instructions check needs links"
            " assignee assignee_name depends_on wait_days not_before due reason two_person late"
        ),
    ),
    "a tie of a plan": (
        ("offboard", "plan", "jan"),
        "ties",
        "account account_name platform handle kind of sole why",
    ),
    "a judged account": (
        ("dormant", "report"),
        "accounts",
        (
            "account platform handle role verdict last_activity source checked_at idle_days"
            " cadence_days decision"
        ),
    ),
    "an account to be closed": (
        ("deactivate", "plan", "x/@acme"),
        "closings",
        (
            "account account_name platform handle into handle_fate act close_by grace_days"
            " reversible_until steps blockers can_get_in verdict"
        ),
    ),
    "a finding": (("check",), "findings", "code severity about what to_do"),
    "somebody who gets in": (
        ("account", "who", "x/@acme"),
        "people",
        "person name status level why ties could_know did_see",
    ),
    "a step that is next": (
        ("case", "next", "jan"),
        "steps",
        "id act state title account assignee due",
    ),
    "a step that waits": (
        ("case", "next", "jan"),
        "waiting",
        "id act state title account assignee due after not_before reason",
    ),
    "a version": (
        ("credential", "history", "x/@acme"),
        "versions",
        "credential version stage stored made_at current_from superseded_at could_know did_see",
    ),
}


@pytest.mark.parametrize("part", PARTS)
def test_a_part_of_a_document_keeps_its_keys(desk: Desk, part: str) -> None:
    argv, name, keys = PARTS[part]
    found = desk.ask(*argv, code=None)[name]
    assert found
    for each in found:
        assert list(each) == keys.split()


def test_the_verdict_of_a_plan_keeps_its_keys(desk: Desk) -> None:
    verdict = desk.ask("offboard", "plan", "jan", code=None)["verdict"]
    wanted = "sealed never_locked_out never_reopened no_idle_step holds remaining"
    assert list(verdict) == wanted.split()


def test_a_dormant_account_and_a_finding_are_exit_code_1(desk: Desk) -> None:
    assert desk.ask("dormant", "report", code=1)["counts"]["dormant"] == 1
    desk.do("dormant", "report", "--days", "36500")
    desk.do("check", "--as-of", "2001-01-01", "--severity", "high")


def test_every_record_that_a_document_names_has_its_id_there_too(desk: Desk) -> None:
    role = desk.ask("role", "show", "webcare")
    assert role["holders"] == ["Eva Jansen", "Jan Bakker"]
    assert role["accounts"] == ["x/@acme", "youtube/@acme"]
    people = {each["name"]: each for each in desk.ask("person", "list")["people"]}
    assert role["holder_ids"] == [people[name]["id"] for name in role["holders"]]
    accounts = {each["id"] for each in desk.ask("account", "list")["accounts"]}
    assert set(role["account_ids"]) == accounts
    (listed,) = desk.ask("role", "list")["roles"]
    for name in ("holders", "holder_ids", "accounts", "account_ids"):
        assert listed[name] == role[name]
    shown = desk.ask("person", "show", "jan")
    assert (shown["roles"], shown["role_ids"]) == (["Webcare"], [role["id"]])
    for name in ("status", "roles", "role_ids", "vault_member"):
        assert people["Jan Bakker"][name] == shown[name]
    account = desk.ask("account", "show", "x/@acme")
    (factor,) = desk.ask("factor", "list", "--account", "x/@acme")["factors"]
    assert account["factor_ids"] == [factor["id"]]
    assert set(account["tool_ids"]) < accounts
    assert len(account["secret_ids"]) == len(account["secrets"])
    (seat,) = desk.ask("seat", "list")["seats"]
    assert desk.ask("account", "show", "youtube/@acme")["seat_ids"] == [seat["id"]]
    assert "_ids" not in desk.do("account", "show", "x/@acme").out


@pytest.mark.parametrize("kind", sorted(RECORDS.keys() - {"credential", "case"}))
def test_whatever_a_shown_record_names_beside_its_fields_has_its_ids_there(
    desk: Desk, kind: str
) -> None:
    own = {"schema", "as_of", "kind", *RECORDS[kind].split()}
    for listed in desk.ask(kind, "list")[PLURALS.get(kind, f"{kind}s")]:
        named = (listed["account"], listed["person"]) if kind == "seat" else (listed["id"],)
        shown = desk.ask(kind, "show", *named)
        for name, value in shown.items():
            if name not in own and isinstance(value, list) and not name.endswith("_ids"):
                ids = shown.get(f"{name}_ids") or shown.get(f"{name.removesuffix('s')}_ids")
                assert len(ids or ()) == len(value), name


def test_accounts_on_a_mailbox_and_a_phone_are_told_with_their_ids(
    desk: Desk, tmp_path: Path
) -> None:
    desk = desk.copy(tmp_path)
    on_it = ("--login-mailbox", "web@acme.example", "--recovery-phone", "+31612345678")
    added = desk.id_of("account", "add", "mastodon.social/@acme", "--role", "webcare", *on_it)
    for kind, name in (("mailbox", "web@acme.example"), ("phone", "+31612345678")):
        told = desk.ask(kind, "show", name)
        assert (told["accounts"], told["account_ids"]) == (
            ["mastodon/acme@mastodon.social"],
            [added],
        )


def test_counts_name_every_severity_and_verdict_at_zero_too(desk: Desk) -> None:
    counts = desk.ask("check", code=1)["counts"]
    assert list(counts) == ["high", "medium", "low"]
    early = desk.ask("check", "--as-of", "2001-01-01", code=None)["counts"]
    assert list(early) == list(counts)
    judged = desk.ask("dormant", "report", code=1)["counts"]
    assert list(judged) == [
        "active",
        "quiet",
        "dormant",
        "never_posted",
        "platform_gone",
        "unknown",
    ]
    assert judged["platform_gone"] == 0


@pytest.mark.parametrize("command", [("offboard", "plan", "jan"), ("report", "dormant")])
def test_no_answer_comes_in_two_forms(desk: Desk, command: tuple[str, ...]) -> None:
    answer = desk.do(*command, "--format", "html", "--json", code=2)
    assert "--json and --format html" in answer.document["error"]["message"]
    assert desk.do(*command, "--format", "json", "--json", code=None).document


def test_a_dormant_account_is_listed_with_what_its_platform_does_about_that(desk: Desk) -> None:
    told = desk.do("dormant", "report", code=1).out
    assert "X, 1 account silent for that long: it asks to log in at least every 30 days" in told


def test_a_day_in_the_past_is_told_what_there_was_by_then(desk: Desk) -> None:
    now, then = desk.ask("status"), desk.ask("status", "--as-of", "2015-01-01")
    assert (now["records"]["account"], now["open_cases"]) == (2, 1)
    assert "assignment" not in then["records"]
    assert then["open_cases"] == 0


MORE = (
    ("account", "show", "x/@acme"),
    ("person", "show", "jan"),
    ("journal", "show", "7"),
    ("platform", "show", "x"),
    ("deactivate", "list"),
)
ASKED = {
    **{" ".join(argv): argv for argv, _ in DOCUMENTS.values()},
    **{" ".join(argv): argv for argv in MORE},
    **{f"{kind} list": (kind, "list") for kind in RECORDS},
}


THE_SAME = {
    **dict.fromkeys(("mailbox list", "phone list"), "one recorded without a day was always there"),
    **dict.fromkeys(("deactivate list", "rotate retire --dry-run"), "there is none here"),
    "platform stale": "what nobody confirmed was never confirmed",
}
"""Commands that answer alike of a day long ago, apart from saying of which day, and why."""


@pytest.mark.parametrize("asked", ASKED)
def test_every_command_either_obeys_as_of_or_refuses_it(desk: Desk, asked: str) -> None:
    now = desk.ask(*ASKED[asked], code=None)
    answer = desk.run(*ASKED[asked], "--json", "--as-of", "2001-01-01")
    then = answer.document
    if answer.code in {2, 4}:  # refused, or there was no such thing yet
        return
    if answer.code > 1:
        assert "there was no x/@acme yet on 2001-01-01" in then["error"]["message"]
        return
    told = [
        {k: v for k, v in each.items() if k not in {"as_of", "made_at"}} for each in (now, then)
    ]
    assert (told[0] == told[1]) == (asked in THE_SAME)


def test_the_demo_refuses_to_be_a_document_or_of_another_day(desk: Desk) -> None:
    for option in ("--json", "--as-of=2001-01-01"):
        assert desk.bare("demo", option).code == 2


def test_status_and_the_journal_are_told_as_they_were(desk: Desk) -> None:
    first = desk.ask("journal", "show", "1")
    desk.ahead = timedelta(days=2)
    desk.do("person", "add", "Kim Later")
    by_then = desk.ask("status", "--as-of", first["at"])
    assert (by_then["entries"], by_then["fingerprint"]) == (1, first["hash"])
    told = desk.do("status", "--as-of", "2001-01-01").out
    assert "journal         no entries by 2001-01-01\nfingerprint     none yet\n" in told
    latest = desk.ask("status")
    asked = ("journal", "show", str(latest["entries"]))
    assert desk.ask(*asked)["hash"] == latest["fingerprint"]
    assert "was written later" in desk.do(*asked, "--as-of", first["at"], code=4).err
    assert re.search(r"^at      \d{4}-\d\d-\d\d \d\d:\d\d$", desk.do(*asked).out, re.MULTILINE)


MOMENT = re.compile(r'"(\d{4}-\d\d-\d\d[T ]\d\d:[^"]*)"')


def test_every_time_in_json_ends_in_z(desk: Desk) -> None:
    answers = [desk.do(*argv, "--json", code=None).out for argv in ASKED.values()]
    answers.append(desk.do("offboard", "plan", "jan", "--format", "json", code=None).out)
    told = [moment for answer in answers for moment in MOMENT.findall(answer)]
    assert len(told) > len(ASKED)
    assert [moment for moment in told if not moment.endswith("Z")] == []


def test_every_platform_has_the_same_keys_as_json(tmp_path: Path) -> None:
    for platform in load_catalogue().platforms[::20]:
        told = Desk(tmp_path).bare("platform", "show", platform.id, "--json").document
        assert list(told) == ["schema", *Platform.__struct_fields__]
        for each in told["playbook"].values():
            assert list(each) == list(Play.__struct_fields__)
        assert told["probe"] is None or list(told["probe"]) == list(Probe.__struct_fields__)
    play = Desk(tmp_path).bare("platform", "show", "x", "--act", "rotate_password", "--json")
    assert list(play.document) == ["schema", "platform", "act", *Play.__struct_fields__]
