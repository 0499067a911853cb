"""The mistakes that tests have to notice: one small change each to a rule of the heart."""

from __future__ import annotations

from typing import NamedTuple

ACCESS = "vault/domain/access.py"
KNOWLEDGE = "vault/domain/knowledge.py"
SCHEDULE = "vault/domain/schedule.py"
GUARDS = "vault/domain/guards.py"
SIMULATION = "vault/domain/simulation.py"


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
    Mutant("owners do not read", ACCESS, "mailbox.owner in self.party.people", "False"),
    Mutant("dead phones ring", ACCESS, "(phone.until is None or self.at < phone.until)", "True"),
    Mutant(
        "roles hold nothing",
        ACCESS,
        "            person = self.holder_of_role(holder)\n",
        "            person = None\n",
    ),
    Mutant(
        "ended assignments count", ACCESS, "                and assignment.holds(self.at)\n", ""
    ),
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
    Mutant("assumed is seen", ACCESS, "                and exposure.was_seen\n", ""),
    Mutant(
        "any version is known",
        ACCESS,
        "                exposure.version == number\n                and ",
        "                ",
    ),
    Mutant("roles know nothing", ACCESS, "        if entitled:\n", "        if False:\n"),
    Mutant(
        "members know nothing",
        ACCESS,
        "        if version and version.stored:",
        "        if False:",
    ),
    Mutant(
        "members know all", ACCESS, "        if version and version.stored:", "        if version:"
    ),
)

KNOWING = (
    Mutant(
        "until of a role ignored",
        KNOWLEDGE,
        "span(a.since, a.until) for a in",
        "span(a.since, None) for a in",
    ),
    Mutant(
        "until of a spell ignored",
        KNOWLEDGE,
        "intersection(held, span(spell.since, spell.until))",
        "intersection(held, span(spell.since, None))",
    ),
    Mutant(
        "since of a spell ignored",
        KNOWLEDGE,
        "intersection(held, span(spell.since, spell.until))",
        "intersection(held, span(None, spell.until))",
    ),
    Mutant(
        "entitled to every version",
        KNOWLEDGE,
        "ways.append(intersection(entitled, credential.accepted_span(version)))",
        "ways.append(entitled)",
    ),
    Mutant(
        "knowledge fades",
        KNOWLEDGE,
        "return span(known[0][0], None) if known else NEVER",
        "return known",
    ),
    Mutant(
        "members know for ever",
        KNOWLEDGE,
        "readable = span(version.made_at, gone)",
        "readable = span(version.made_at, None)",
    ),
    Mutant(
        "members knew before it was made",
        KNOWLEDGE,
        "readable = span(version.made_at, gone)",
        "readable = span(None, gone)",
    ),
    Mutant("assumed for ever", KNOWLEDGE, "span(e.at, e.until)", "span(e.at, None)"),
    Mutant("what is assumed lasts", KNOWLEDGE, "        if e.until is None\n", ""),
    Mutant(
        "readers of any time",
        KNOWLEDGE,
        "intersection(spells_span(registry, person, record.readers), in_use)",
        "spells_span(registry, person, record.readers)",
    ),
    Mutant(
        "owners do not read",
        KNOWLEDGE,
        "owned = in_use if record.owner == person else NEVER",
        "owned = NEVER",
    ),
    Mutant(
        "seeds of any time",
        KNOWLEDGE,
        "intersection(knowing_span(registry, person, seed, v), seed.accepted_span(v))",
        "knowing_span(registry, person, seed, v)",
    ),
    Mutant(
        "factors for ever",
        KNOWLEDGE,
        "return intersection(union(ways), span(factor.since, factor.until))",
        "return union(ways)",
    ),
    Mutant(
        "factors were always asked for",
        KNOWLEDGE,
        "return union((complement(asked), had, codes))",
        "return union((had, codes))",
    ),
    Mutant(
        "codes forgotten",
        KNOWLEDGE,
        "return union((complement(asked), had, codes))",
        "return union((complement(asked), had))",
    ),
    Mutant(
        "no factor for a session",
        KNOWLEDGE,
        "return intersection(known, _factor_span(registry, person, account)) if known else NEVER",
        "return known",
    ),
    Mutant(
        "sessions are never ended",
        KNOWLEDGE,
        "(m for m in account.sessions_ended if m >= end)",
        "()",
    ),
    Mutant("ended sessions stay ended", KNOWLEDGE, "if m >= end)", ")"),
    Mutant("ended a moment too early", KNOWLEDGE, "if m >= end)", "if m > end)"),
    Mutant(
        "the closed keep sessions",
        KNOWLEDGE,
        "return intersection(union(stays), living)",
        "return union(stays)",
    ),
    Mutant(
        "sessions open no other account",
        KNOWLEDGE,
        "union((own[each.id], *through))",
        "own[each.id]",
    ),
    Mutant(
        "a sign-in is for ever",
        KNOWLEDGE,
        "intersection(inside.get(spell.of, NEVER), span(spell.since, spell.until))",
        "inside.get(spell.of, NEVER)",
    ),
)
