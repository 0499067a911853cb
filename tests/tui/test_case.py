from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from msgspec.structs import replace

from tests.tui.carrying import (
    LAST_DAY,
    case_of,
    go_to,
    later,
    person,
    start_case,
    state_of,
    step_of,
)
from tests.tui.conftest import Hands, Interface
from tui.screens.case import ACTS, CasePage
from vault.domain.account import Account
from vault.domain.changes import Change
from vault.domain.credential import Credential
from vault.domain.mailbox import Mailbox
from vault.domain.role import Assignment, Role
from vault.domain.spell import Spell
from vault.services.credentials import reveal_credential

HOSTILE = "[/red]\x1b[31m\u202e[@click=app.quit]x[/]"


async def test_a_whole_case_is_carried_to_a_holding_verdict_by_keyboard(
    interface: Interface, tmp_path: Path
) -> None:
    async with interface() as hands:
        await later(hands, hours=1)
        await hands.press("4", "n", "slash")
        await hands.type("ruben")
        await hands.press("enter", "enter")
        await hands.type(LAST_DAY)
        await hands.press("enter")
        assert "The verdict holds" in hands.shown()
        await hands.press("s", "right", "enter")
        for _ in range(len(hands.page.case.progress) * 2):
            if hands.page.rail.current.state in {"applied", "verified"}:
                break
            if "New password" in hands.shown():
                await hands.press("p")
            await hands.press("v" if hands.page.rail.current.state == "pending" else "a", "enter")
        case = hands.page.case
        assert all(p.state in {"applied", "verified"} for p in case.progress)
        await hands.press("z")
        assert "Ruben Kok is out of everything" in hands.shown()
        await hands.press("right", "enter")
        assert "nobody was locked out on the way" in hands.shown()
        await hands.press("escape")
        await write_case(hands, tmp_path / "ruben.md")
        assert case_of(hands, "Ruben Kok").closed_at is not None
        assert "Closed on" in hands.shown()
    told = (tmp_path / "ruben.md").read_text()
    assert "- ✓ **sealed**: Ruben Kok is out of everything." in told
    assert told.count("- [x]") == len(case.progress)
    assert "done by Ana Kramer" in told


async def write_case(hands: Hands, path: Path) -> None:
    """Answer where the case is to be written, as is asked once it is closed."""
    box = hands.page.query_one("#field-path")
    box.value = str(path)
    await hands.press("enter")
    assert "Written to" in hands.shown()


async def test_a_whole_case_is_carried_to_a_holding_verdict_by_mouse(interface: Interface) -> None:
    async with interface((120, 36)) as hands:
        await later(hands, hours=1)
        await click(hands, "Places PlaceLabel", nth=3)
        await click(hands, "FooterKey", text="New departure")
        row = [p.name for p in hands.page.listing.rows].index("Tess van Dijk")
        hands.page.listing.scroll_to(y=row, animate=False)
        await hands.settle()
        top = int(hands.page.listing.scroll_offset.y)
        await hands.pilot.double_click("Listing", offset=(6, 1 + row - top))
        await hands.settle()
        await hands.pilot.click("Calendar", offset=(8, 7))
        await hands.settle()
        await click(hands, "#yes")
        await click(hands, "FooterKey", text="Start")
        await click(hands, "#yes")
        for _ in range(40):
            wanted = next((act for act in ACTS if at_hand(hands, act)), "")
            if wanted in {"close_case", "note", ""}:
                break
            await click(hands, f"#{wanted}")
            if hands.page.query("AskScreen #yes"):
                await click(hands, "#yes")
        await click(hands, "#close_case")
        await click(hands, "#yes")
        assert case_of(hands, "Tess van Dijk").closed_at is not None
        assert "nobody was locked out on the way" in hands.shown()


def at_hand(hands: Hands, act: str) -> bool:
    return any(button.display for button in hands.page.query(f"ActButton#{act}"))


async def click(hands: Hands, selector: str, *, nth: int = 0, text: str = "") -> None:
    """Click a widget that is on the screen: the nth, or the one that says something."""
    found = [
        each
        for each in hands.app.screen.query(selector)
        if not text or text in str(getattr(each, "description", ""))
    ]
    while found[nth].has_class("-active"):  # a button takes no second click for 0.2 s
        await hands.pilot.pause(0.05)
    await hands.pilot.click(found[nth])
    await hands.settle()


async def test_locking_in_the_middle_comes_back_to_the_same_step(interface: Interface) -> None:
    async with interface() as hands:
        await start_case(hands, "Ruben Kok")
        step = step_of(hands, "end_sessions")
        await go_to(hands, step)
        await hands.press("ctrl+l")
        assert "Ruben" not in hands.shown()
        await hands.unlock()
        assert hands.page.rail.key == step
        assert "End all sessions of" in hands.shown()


async def test_an_act_that_is_refused_says_why_and_keeps_what_was_typed(
    interface: Interface,
) -> None:
    async with interface() as hands:
        await start_case(hands, "Ruben Kok")
        step = step_of(hands, "end_role_assignment")
        await hands.press("a")
        await hands.type("the team was told")
        await hands.press("tab", *["backspace"] * 10)
        await hands.type("Ruben Kok")
        await hands.press("enter")
        assert "is leaving and cannot do this alone" in hands.shown()
        assert "the team was told" in hands.shown()
        assert state_of_case(hands, step) == "todo"
        await hands.press(*["backspace"] * 9)
        await hands.type("Tess van Dijk")
        await hands.press("enter")
        progress = case_of(hands, "Ruben Kok").find(step)
        assert progress is not None
        assert progress.state == "applied"
        assert progress.applied_by == person(hands, "Tess van Dijk").id
        kept = [each.what for each in progress.evidence]
        assert kept == ["recorded by Ana Kramer", "the team was told"]


def state_of_case(hands: Hands, step: str) -> str:
    progress = case_of(hands, "Ruben Kok").find(step)
    return progress.state if progress else ""


async def test_after_an_act_the_page_goes_where_the_core_says(interface: Interface) -> None:
    async with interface() as hands:
        await start_case(hands, "Ruben Kok")
        await hands.press("a", "enter")
        first = hands.page.rail.key
        assert hands.page.case.find(first).step.act == "rotate_password"
        await hands.press("p", "a", "enter")
        assert (hands.page.rail.key, state_of(hands, first)) == (first, "pending")
        await hands.press("v", "enter")
        assert hands.page.rail.key != first
        assert state_of(hands, first) == "verified"


async def test_a_new_password_is_in_the_vault_before_anybody_sees_it(interface: Interface) -> None:
    async with interface() as hands:
        await start_case(hands, "Ruben Kok")
        await hands.press("a", "enter", "p")
        registry, now = hands.app.desk.registry, hands.app.desk.now
        credential = registry.get(hands.page.rail.current.step.target, Credential)
        pending = credential.at_stage("pending", now)
        assert pending is not None
        assert pending.stored
        secret = reveal_credential(hands.app.desk.session, credential, "pending").reveal()
        assert secret not in hands.shown()
        assert "••••••••••••" in hands.shown()
        await hands.press("r")
        assert secret in hands.shown()


async def test_what_the_platform_gives_out_is_typed_masked_and_stored(interface: Interface) -> None:
    async with interface() as hands:
        await start_case(hands, "Jan Bakker")
        step = step_of(hands, "enrol_factor")
        await go_to(hands, step)
        assert "Store the authenticator secret" in hands.shown()
        await hands.press("p", *"JBSWY3DPEHPK3PXP")
        assert "JBSWY3DPEHPK3PXP" not in hands.shown()
        box = hands.page.query_one("#field-secret")
        await hands.press("enter")
        assert box.value == ""
        assert "New authenticator secret, pending" in hands.shown()
        await hands.press("r")
        assert "JBSWY3DPEHPK3PXP" in hands.shown()


async def test_a_step_waits_is_blocked_or_waived_with_what_was_said(interface: Interface) -> None:
    async with interface((160, 48)) as hands:
        await start_case(hands, "Ruben Kok")
        step = step_of(hands, "end_role_assignment")
        until = hands.app.desk.today + timedelta(days=2)
        await hands.press("w")
        await hands.type("the team is told on Monday")
        await hands.press("tab", *["backspace"] * 10)
        await hands.type(str(until))
        await hands.press("enter")
        await go_to(hands, step)
        assert f"waiting, from {until}: the team is told on Monday" in hands.shown()
        assert f"{until:%d %b}" in hands.shown()
        await hands.press("b")
        await hands.type("HR said no")
        await hands.press("ctrl+s")
        await go_to(hands, step)
        assert (state_of(hands, step), "✗" in hands.shown()) == ("blocked", True)
        await hands.press("u", "enter")
        assert state_of(hands, step) == "todo"
        await go_to(hands, step_of(hands, "end_sessions"))
        waived = hands.page.rail.key
        await hands.press("x", "ctrl+s")
        assert "there is no text" in hands.shown()
        await hands.press(*"nobody used it", "ctrl+s")
        assert state_of(hands, waived) == "waived"
        await go_to(hands, waived)
        assert "waived by Ana Kramer: nobody used it" in " ".join(hands.shown().split())


async def test_marked_steps_are_recorded_together(interface: Interface) -> None:
    async with interface() as hands:
        await start_case(hands, "Ruben Kok")
        await hands.press("a", "enter")
        passwords = [p.step for p in hands.page.case.progress if p.step.act == "rotate_password"]
        await go_to(hands, passwords[0].id)
        await hands.press("space", "space", "t", *"asked Tess", "ctrl+s")
        noted = [p.step.id for p in hands.page.case.progress if p.evidence]
        assert noted == [passwords[0].id, passwords[1].id]
        assert not hands.page.rail.marked


async def test_two_cases_that_overlap_keep_apart(interface: Interface) -> None:
    async with interface() as hands:
        await start_case(hands, "Ruben Kok")
        ruben = hands.page.case.id
        await start_case(hands, "Tess van Dijk")
        tess = hands.page.case.id
        step = hands.page.rail.key
        await hands.press("a", "enter")
        await hands.press("4", "4")
        assert {case.id for case in hands.page.listing.rows} == {ruben, tess}
        hands.page.listing.go_to(ruben)
        await hands.press("enter")
        assert "0 of 7 steps done" in hands.shown()
        assert hands.page.case.find(step) is None


async def test_a_mailbox_is_proved_with_the_code_that_came_back(interface: Interface) -> None:
    async with interface() as hands:
        give_press_a_mailbox(hands)
        await start_case(hands, "Jan Bakker")
        step = step_of(hands, "prove_mailbox")
        await go_to(hands, step)
        await hands.press("a", "enter")
        assert "nobody has proved yet" in hands.shown()
        await hands.press("escape", "p")
        code = hands.code_to_send()
        await hands.type("WRONG")
        await hands.press("enter")
        assert "not the code" in hands.shown()
        await hands.press("escape", "p")  # it takes a day to come back: the code is the same
        await hands.press(*code.lower(), "enter")
        await hands.press("a", "enter")
        assert state_of(hands, step) == "applied"


def give_press_a_mailbox(hands: Hands) -> None:
    """What Jan's departure asks for first: somebody else for Press, and an address of its own."""
    session = hands.app.desk.session
    since = session.env.now()
    press = next(role.id for role in session.registry.all(Role) if role.name == "Press")
    eva = person(hands, "Eva Jansen").id
    mailbox = Mailbox(
        id="ab" * 16,
        address="pers@brugman.example",
        type="shared",
        owner=press,
        readers=(Spell(press, since),),
    )
    holder = Assignment(id="cd" * 16, person=eva, role=press, since=since)
    session.write("test", lambda *_: (Change(mailbox), Change(holder)))


async def test_a_case_cannot_be_closed_while_something_is_left(interface: Interface) -> None:
    async with interface() as hands:
        await start_case(hands, "Ruben Kok")
        await hands.press("i")
        assert "Ruben Kok still has" in hands.shown()
        await hands.press("escape", "z", "right", "enter")
        assert "steps are not finished" in hands.shown()
        assert hands.page.case.closed_at is None


async def test_where_a_second_person_confirms_the_first_cannot(interface: Interface) -> None:
    async with interface() as hands:
        await start_case(hands, "Ruben Kok", two_person=True)
        await hands.press("a", "enter")
        assert "to be confirmed" in hands.shown()
        await hands.press("v")
        _, by = hands.page._fields
        assert (by.value, "Ana Kramer" in by.choices()) == ("", False)
        hands.page.query_one("#field-by").value = "Ana Kramer"
        await hands.press("enter")
        said = " ".join(hands.shown().replace("│", " ").split())
        assert "so somebody else must confirm it" in said


async def test_planning_again_asks_first_who_takes_over(interface: Interface) -> None:
    async with interface() as hands:
        await start_case(hands, "Jan Bakker")
        before = hands.page.case
        await hands.press("u")
        assert "Plan the departure of Jan Bakker again?" in hands.shown()
        await hands.press("escape")
        assert hands.page.case == before
        await hands.press("u")
        press = next(r.id for r in hands.app.desk.registry.all(Role) if r.name == "Press")
        hands.page.query_one(f"#field-{press}").value = "Eva Jansen"
        await hands.press("enter")
        eva = person(hands, "Eva Jansen").id
        assert dict(hands.page.case.successors) == {press: eva}
        (said,) = {note.message for note in hands.app._notifications if "again" in note.message}
        assert said.startswith("Planned again. The verdict does not hold. In the way: ")
        assert said.endswith(" more.")
        assert hands.page.case.progress != before.progress


async def test_keys_are_offered_for_what_can_be_done_and_for_nothing_in_a_closed_case(
    interface: Interface,
) -> None:
    async with interface() as hands:
        await start_case(hands, "Ruben Kok")
        offered = offered_keys(hands)
        assert "apply" in offered
        assert "verify" not in offered  # nothing was done yet that somebody could have seen
        case = replace(hands.page.case, closed_at=hands.app.desk.now)
        hands.app.desk.session.write("test", lambda *_: (Change(case),))
        hands.page.show()
        assert offered_keys(hands).isdisjoint({*ACTS} - {"export"} | {"next", "replan"})
        await hands.press(*"avpwbxtdsuz")
        assert isinstance(hands.page, CasePage)
        await hands.press("ctrl+p", *"applied")
        assert "Record that the step was done" not in hands.shown()


def offered_keys(hands: Hands) -> set[str]:
    """Return what the keys of the page do."""
    return {each.binding.action for each in hands.page.active_bindings.values()}


async def test_names_and_remarks_are_shown_as_they_are(interface: Interface) -> None:
    async with interface() as hands:
        desk = hands.app.desk
        handle = next(a for a in desk.registry.all(Account) if a.label == "instagram/@brugmanjobs")
        hostile = replace(
            handle, handles=(replace(handle.handles[0], of=HOSTILE),), display_name=HOSTILE
        )
        leaver = replace(person(hands, "Ruben Kok"), name=f"Ruben {HOSTILE}" + "x" * 1_000_000)
        desk.session.write("test", lambda *_: (Change(hostile), Change(leaver)))
        name = leaver.name
        await start_case(hands, name)
        await hands.press("t", *"[/] [b]", "ctrl+s")
        shown = hands.shown()
        assert "[/red]" in shown
        assert "[/] [b]" in shown
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        await hands.press("4", "4")
        assert "Ruben [/red]" in hands.shown()
