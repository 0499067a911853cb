"""The mistakes that tests have to notice: one small change each to a rule of the heart."""

from __future__ import annotations

from typing import NamedTuple

ACCESS = "vault/domain/access.py"
KNOWLEDGE = "vault/domain/knowledge.py"
SESSIONS = "vault/domain/sessions.py"
SCHEDULE = "vault/domain/schedule.py"
SESSIONS = "vault/domain/sessions.py"
GUARDS = "vault/domain/guards.py"
ENDINGS = "vault/domain/endings.py"
CHOICE = "vault/domain/mailbox_choice.py"
HOLDERS = "vault/domain/holders.py"
SIMULATION = "vault/domain/simulation.py"
PLANNING = "vault/domain/planning.py"
VERDICT = "vault/domain/verdict.py"


class Mutant(NamedTuple):
    """A mistake by name: in `file`, the first `old` becomes `new`."""

    name: str
    file: str
    old: str
    new: str


RULES = (
    Mutant("no reset by mail", ACCESS, "if party.grants(platform.resets_by_mail)", "if False"),
    Mutant("no reset by phone", ACCESS, "if party.grants(platform.resets_by_phone)", "if False"),
    Mutant("unknown helps the company", ACCESS, '(self.cautious and answer == "unknown")', "True"),
    Mutant(
        "unknown never helps a leaver",
        ACCESS,
        'answer == "yes" or (self.cautious and answer == "unknown")',
        'answer == "yes"',
    ),
    Mutant(
        "unknown hurdles hold a leaver",
        ACCESS,
        'answer == "no" or (self.cautious and answer == "unknown")',
        'answer == "no"',
    ),
    Mutant(
        "a reset always asks for the factor",
        ACCESS,
        "asked = [] if party.lacks(platform.reset_keeps_second_factor) else factors",
        "asked = factors",
    ),
    Mutant("recovery mail forgotten", ACCESS, ", *account.recovery_mailboxes)", ",)"),
    Mutant("no second factor", ACCESS, "    if not factors:\n", "    if True:\n"),
    Mutant("no recovery codes", ACCESS, "        factors += codes\n", "        pass\n"),
    Mutant("used-up codes work", ACCESS, "credential.codes_left == 0", "False"),
    Mutant("no sign-in with another", ACCESS, "current(account.sign_in_accounts, at)", "()"),
    Mutant("no session", ACCESS, 'yield Clause(head, (("session", account.id),), "")', "pass"),
    Mutant("seats log in", ACCESS, "if not has_login(registry, account):", "if False:"),
    Mutant(
        "every log-in owns",
        ACCESS,
        "login_level = registry.platform(account).login_level",
        'login_level = "owner"',
    ),
    Mutant(
        "the company trusts any seat",
        ACCESS,
        "seat.is_confirmed(at) if doubted else seat.holds(at)",
        "seat.holds(at)",
    ),
    Mutant(
        "a leaver's seat needs proof",
        ACCESS,
        "seat.is_confirmed(at) if doubted else seat.holds(at)",
        "seat.is_confirmed(at)",
    ),
    Mutant(
        "role accounts hold no seats", ACCESS, "elif held and seat.role_account:", "elif False:"
    ),
    Mutant("no containers", ACCESS, "current(account.containers, at)", "()"),
    Mutant(
        "containers give edit",
        ACCESS,
        'for level in ("owner", "full"):',
        'for level in ("owner", "full", "edit"):',
    ),
    Mutant("no tools", ACCESS, "        if grant.holds(at):", "        if False:"),
    Mutant("revoked tools post", ACCESS, "        if grant.holds(at):", "        if True:"),
    Mutant("no tokens", ACCESS, "        if credential.what in TOKENS:", "        if False:"),
    Mutant(
        "closed accounts live",
        ACCESS,
        "        if registry.is_live(account, at):\n            yield from holdings",
        "        if True:\n            yield from holdings",
    ),
    Mutant(
        "gone mailboxes are read",
        ACCESS,
        "            if not mailbox.exists(self.at):\n",
        "            if False:\n",
    ),
    Mutant("owners do not read", ACCESS, "person in self.party.people and m", "False and m"),
    Mutant("who is shut out reads", ACCESS, " and mailbox.lets_in(person, self.at)", ""),
    Mutant("dead phones ring", ACCESS, "if phone.exists(self.at):", "if True:"),
    Mutant(
        "roles hold nothing",
        ACCESS,
        "            person = self.holder_of_role(holder, among)\n",
        "            person = None\n",
    ),
    Mutant("ended assignments count", HOLDERS, " and assignment.holds(at):\n", ":\n"),
    Mutant("who left has new secrets", ACCESS, "self.party.people - left", "self.party.people"),
    Mutant(
        "the gone are company", ACCESS, "if p.id not in gone and p.stays(at)", "if p.id not in gone"
    ),
    Mutant(
        "unknown holders are nobody",
        ACCESS,
        "elif self.party.cautious and is_of_unknown_holder(factor):",
        "elif False:",
    ),
    Mutant(
        "unknown holders are the company",
        ACCESS,
        "elif self.party.cautious and is_of_unknown_holder(factor):",
        "elif is_of_unknown_holder(factor):",
    ),
    Mutant("factors have no phone", ACCESS, "        if factor.phone:\n", "        if False:\n"),
    Mutant(
        "factors have no mailbox", ACCESS, "        if factor.mailbox:\n", "        if False:\n"
    ),
    Mutant(
        "factors have no seed", ACCESS, "        if factor.credential:\n", "        if False:\n"
    ),
    Mutant("ended factors are asked for", ACCESS, "if f.holds(at)]", "]"),
    Mutant(
        "could know is forgotten",
        ACCESS,
        "        for person in self.party.guessed:\n",
        "        for person in ():\n",
    ),
    Mutant("assumed is seen", ACCESS, "exposure.was_seen\n                and ", ""),
    Mutant(
        "any version is known",
        ACCESS,
        "in exposures(self.registry, credential, version):",
        "in ((0, e) for e in self.registry.exposures_of.get(credential.id, ())):",
    ),
    Mutant("roles know nothing", ACCESS, "        if entitled:\n", "        if False:\n"),
    Mutant(
        "members know nothing",
        ACCESS,
        "        if version.stored:",
        "        if False:",
    ),
    Mutant("members know all", ACCESS, "        if version.stored:", "        if True:"),
)


def _moved(name: str, act: str, before: str) -> Mutant:
    """In the planned order, `act` is done just before another act that it belongs after."""
    old = f'    "{before}",\n'
    return Mutant(name, SCHEDULE, old, f'    "{act}",\n{old}')


ORDERS = (
    _moved("roles end before they are given", "end_role_assignment", "assign_role"),
    _moved("seats go before others are added", "remove_seat", "add_seat"),
    _moved("seats are confirmed before they are given", "confirm_seat", "add_seat"),
    _moved("ownership goes to whom nobody saw", "transfer_ownership", "confirm_seat"),
    _moved("mail moves before it is proved", "change_login_mail", "prove_mailbox"),
    _moved("secrets before the role ends", "rotate_password", "end_role_assignment"),
    _moved("secrets before the vault is shut", "rotate_password", "remove_vault_member"),
    _moved("tokens before the role ends", "rotate_token", "end_role_assignment"),
    _moved("codes before the role ends", "renew_recovery_codes", "end_role_assignment"),
    _moved("factors before the role ends", "enrol_factor", "end_role_assignment"),
    _moved("sessions before passwords", "end_sessions", "rotate_password"),
    _moved("factors go before others are enrolled", "remove_factor", "enrol_factor"),
    _moved("mailboxes are released first", "release_mailbox", "change_login_mail"),
    _moved("keys advance before the member goes", "advance_vault_keys", "remove_vault_member"),
    Mutant("any depth", SCHEDULE, "            depth(registry, s.account),\n", ""),
    Mutant(
        "no dependencies",
        SCHEDULE,
        "if _needs(registry, step, earlier)\n            or _leaks(",
        "if _leaks(",
    ),
    Mutant(
        "leaky dependencies",
        SCHEDULE,
        "            or _leaks(moved, step, earlier, done, mails)\n",
        "",
    ),
    Mutant(
        "what lets in unseen goes to roles of the leaver's",
        SCHEDULE,
        "or lets_in(moved, step, earlier, unended)",
        "",
    ),
    Mutant(
        "a second factor goes to roles of the leaver's",
        "vault/domain/resets.py",
        "(step.to == earlier.reason and _is_asked_for(registry, account, thing))\n        or ",
        "",
    ),
    Mutant(
        "what moves is nobody's yet",
        SCHEDULE,
        "moved = _once_moved(registry, steps, at)",
        "moved = registry",
    ),
    Mutant(
        "a password that ends sessions waits for no parent",
        SCHEDULE,
        'return registry.platform(account).password_change_ends_sessions == "yes"',
        "return False",
    ),
    Mutant(
        "mail resets new secrets",
        SCHEDULE,
        'in {"block_mailbox", "remove_mailbox_reader", "collect_device"}',
        "in ()",
    ),
    Mutant("the fired reset again", SCHEDULE, "live if s.id in first else secret", "secret"),
    Mutant(
        "the fired read on", "vault/domain/mail_moves.py", "until is None or _out", "until and _out"
    ),
    Mutant(
        "who knew the password set none by a reset",
        "vault/domain/resets.py",
        "if known and with_it:",
        "if known:",
    ),
    Mutant(
        "mail that an account moves to is a second address of it",
        PLANNING,
        "*(step.to for step in moves if step.account == account.id),",
        "",
    ),
    Mutant(
        "a reset brings in what is known",
        PLANNING,
        "not self._is_pending(account.id, target)",
        "True",
    ),
    Mutant(
        "factors are made from what is known",
        PLANNING,
        "if seed is not None and self._is_pending(factor.account, seed.id):",
        "if False:",
    ),
    Mutant(
        "ways out that change nothing",
        "vault/domain/ways_out.py",
        "if offer[0] not in useless)",
        ")",
    ),
    Mutant(
        "freemail is given to a role",
        "vault/domain/mail_moves.py",
        "if isinstance(mailbox, Mailbox) and is_freemail(mailbox.address):",
        "if False:",
    ),
    Mutant(
        "log-ins undo closings",
        PLANNING,
        'elif tie.kind == "factor" or not closing:',
        "else:",
    ),
    Mutant(
        "what is the leaver's own is not told", PLANNING, "if kept and not closing:", "if False:"
    ),
    Mutant(
        "what has no log-in is logged in to",
        "vault/domain/ways_out.py",
        "isinstance(account, Account) and not has_login(registry, account)",
        "False",
    ),
    Mutant(
        "who takes a role over reads nothing by it",
        "vault/domain/mail_moves.py",
        "will_have_holder(staff, r) for r",
        "staff.holders(r) for r",
    ),
    Mutant("policy is forgotten", PLANNING, "self._steps or reason == RESET", "self._steps"),
    Mutant("codes need no mailbox", SCHEDULE, "gets_codes or earlier.target", "earlier.target"),
    Mutant("a move ends one address", SCHEDULE, "return off or gets_codes", "return gets_codes"),
    Mutant(
        "an address is one way in",
        "vault/domain/resets.py",
        "is_off = bool(moved) and",
        "is_off = bool(moved) or",
    ),
    Mutant("moves go in one order", SCHEDULE, "not losing and backwards != early", "False"),
    Mutant("seats go too early", SCHEDULE, "_once_somebody_is_in(registry, after, done)", "after"),
    Mutant("ways in go too early", SCHEDULE, "in _locking_out(registry, done, at)", "in ()"),
    Mutant("waits are not added up", SCHEDULE, "begins + timedelta(days=step.wait_days)", "begins"),
    Mutant("due on the last day, all", SCHEDULE, "min((*ends, last_day))", "last_day"),
)

GUARDS_AND_VERDICT = (
    Mutant("the last owner may go", GUARDS, '    "remove_seat": _remove_seat,\n', ""),
    Mutant(
        "the last holder may go", GUARDS, '    "end_role_assignment": _end_role_assignment,\n', ""
    ),
    Mutant(
        "the last member may go", GUARDS, '    "remove_vault_member": _remove_vault_member,\n', ""
    ),
    Mutant("closed accounts keep a role", ENDINGS, "account.is_open(at) and record", "record"),
    Mutant("gone mailboxes keep a role", ENDINGS, "record.id and mailbox.exists(at)", "record.id"),
    Mutant("ended seats are confirmed", GUARDS, "    if not seat.holds(at):\n", "    if False:\n"),
    Mutant("the only factor may go", GUARDS, '    "remove_factor": _remove_factor,\n', ""),
    Mutant("unproved mailboxes do", GUARDS, "if not (why or is_proven(mailbox, at)):", "if False:"),
    Mutant("personal mailboxes do", CHOICE, "    if own:\n", "    if False:\n"),
    Mutant(
        "mailboxes in use are released", GUARDS, '    "release_mailbox": _release_mailbox,\n', ""
    ),
    Mutant(
        "role accounts hold rights for nobody",
        GUARDS,
        "or _is_usable(registry, seat.role_account, step.person, at)",
        "or seat.role_account",
    ),
    Mutant(
        "a case says who is let go today",
        GUARDS,
        "    day = holder.last_day\n",
        "    day = next((c.last_day for c in registry.open_cases if c.person == step.to), None)\n",
    ),
    Mutant(
        "nobody has to know the secret", GUARDS, '    "rotate_password": _somebody_knows,\n', ""
    ),
    Mutant(
        "nothing remains",
        VERDICT,
        "(*_remaining(run, leaver), *returning(run.registry, leaver, run.at))",
        "tuple(returning(run.registry, leaver, run.at))",
    ),
    Mutant(
        "nothing returns",
        VERDICT,
        "(*_remaining(run, leaver), *returning(run.registry, leaver, run.at))",
        "tuple(_remaining(run, leaver))",
    ),
    Mutant(
        "nothing is lost",
        VERDICT,
        "    lost = tuple(_lost(run))\n    reopened",
        "    lost = ()\n    reopened",
    ),
    Mutant("nothing reopens", VERDICT, "    reopened = tuple(_reopened(run))", "    reopened = ()"),
    Mutant("a tie is on any account", VERDICT, "tie.kind, tie.account, tie", "tie.kind, tie"),
    Mutant("each is idle by the other", VERDICT, "if each.id not in gone]", "]"),
    Mutant("nothing is idle", VERDICT, "    idle = tuple(", "    idle = () and tuple("),
    Mutant(
        "obstacles do not count",
        SIMULATION,
        "            why = obstacle(",
        '            why = "" and obstacle(',
    ),
    Mutant(
        "steps affect their account alone",
        SIMULATION,
        "found = (self.islands.get(account, frozenset()) for account in accounts)",
        "found = (frozenset((account,)) & set(self.islands) for account in accounts)",
    ),
    Mutant(
        "what came back stays done",
        PLANNING,
        "while name in self.done:",
        "while False:",
    ),
    Mutant(
        "members are no neighbours",
        "vault/domain/neighbourhood.py",
        ", *(p.id for p in registry.all(Person) if p.memberships)]",
        "]",
    ),
    Mutant(
        "any order of records",
        "vault/domain/neighbourhood.py",
        "(found[each] for each in sorted(found))",
        "found.values()",
    ),
)
