"""The mistakes about who could know what, and who is inside: beside those of `mutants`."""

from __future__ import annotations

from tests.mutation.mutants import KNOWLEDGE, SESSIONS, Mutant

NEIGHBOURHOOD = "vault/domain/neighbourhood.py"
REGISTRY = "vault/domain/registry.py"

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
    Mutant("readers of any time", KNOWLEDGE, "intersection(reading, in_use)", "reading"),
    Mutant(
        "owners did not read", KNOWLEDGE, "if person in owners(registry, mailbox):", "if False:"
    ),
    Mutant("who is shut out did read", KNOWLEDGE, "complement(union(out))", "in_use"),
    Mutant(
        "seeds of any time",
        SESSIONS,
        "intersection(knowing_span(registry, person, seed, v), seed.accepted_span(v))",
        "knowing_span(registry, person, seed, v)",
    ),
    Mutant(
        "factors for ever",
        SESSIONS,
        "return intersection(union(ways), span(factor.since, factor.until))",
        "return union(ways)",
    ),
    Mutant(
        "factors were always asked for",
        SESSIONS,
        "return union((complement(asked), had, codes))",
        "return union((had, codes))",
    ),
    Mutant(
        "codes forgotten",
        SESSIONS,
        "return union((complement(asked), had, codes))",
        "return union((complement(asked), had))",
    ),
    Mutant(
        "no factor for a session",
        SESSIONS,
        "intersection(known, _factor_span(registry, person, account, inside))",
        "known",
    ),
    Mutant(
        "sessions are never ended",
        SESSIONS,
        "(m for m in account.sessions_ended if m >= end)",
        "()",
    ),
    Mutant("ended sessions stay ended", SESSIONS, "if m >= end)", ")"),
    Mutant("ended a moment too early", SESSIONS, "if m >= end)", "if m > end)"),
    Mutant(
        "the closed keep sessions",
        SESSIONS,
        "return intersection(union(stays), living)",
        "return union(stays)",
    ),
    Mutant(
        "sessions open no other account",
        SESSIONS,
        "        if spell.of in inside\n",
        "        if False\n",
    ),
    Mutant(
        "a sign-in is for ever",
        SESSIONS,
        "intersection(inside[spell.of], span(spell.since, spell.until))",
        "inside[spell.of]",
    ),
)

EQUAL = (
    Mutant(
        "equal secrets are two",
        KNOWLEDGE,
        "_of_equal(registry, person, credential, version, _own_lasting_span)",
        "()",
    ),
    Mutant(
        "what is assumed of an equal secret is not",
        KNOWLEDGE,
        "union((lasting, assumed, equal))",
        "union((lasting, assumed))",
    ),
    Mutant(
        "debts of equal secrets forgotten", KNOWLEDGE, "in with_equal(registry, seen):", "in seen:"
    ),
    Mutant("no value is a value", REGISTRY, "elif value:", "else:"),
    Mutant(
        "equal secrets stay so", REGISTRY, "            self._equal = None\n", "            pass\n"
    ),
    Mutant(
        "equal secrets are far away",
        NEIGHBOURHOOD,
        "    found |= _with_equal_secrets(registry, found)\n",
        "",
    ),
    Mutant(
        "equal secrets are cut off",
        NEIGHBOURHOOD,
        "        yield from with_equal(registry, (record.id,))\n",
        "",
    ),
    Mutant(
        "who could know an equal secret is cut off",
        NEIGHBOURHOOD,
        "        yield from (spell.of for spell in account.owner_roles) if account else ()\n",
        "",
    ),
    Mutant(
        "a part knows no other account",
        REGISTRY,
        "else self._outside.get(credential.account)",
        "else None",
    ),
    Mutant(
        "the ledger compares nothing",
        "vault/domain/ledger.py",
        "if value not in self.registry.equal_secrets:",
        "if True:",
    ),
)
"""Equal secrets are one secret: section 3 of docs/access-model.md."""

UNSEEN = (
    Mutant(
        "no password, no session",
        SESSIONS,
        "        ways.append(_channel_span(registry, person, account, inside))\n",
        "        pass\n",
    ),
    Mutant(
        "mail leaves a session everywhere",
        SESSIONS,
        "return not takes_password(registry, account) and has_login(registry, account)",
        "return has_login(registry, account)",
    ),
    Mutant(
        "seats alone are opened by mail",
        SESSIONS,
        "return not takes_password(registry, account) and has_login(registry, account)",
        "return not takes_password(registry, account)",
    ),
    Mutant("mail always lets in", SESSIONS, 'if platform.resets_by_mail != "no":', "if True:"),
    Mutant("phones always let in", SESSIONS, 'if platform.resets_by_phone != "no":', "if True:"),
    Mutant(
        "mail of any time lets in",
        SESSIONS,
        "intersection(reading, span(spell.since, spell.until))",
        "reading",
    ),
    Mutant(
        "phones of any time let in",
        SESSIONS,
        "intersection(carrying, span(spell.since, spell.until))",
        "carrying",
    ),
    Mutant(
        "a rotation leaves sessions",
        "vault/domain/rotation_steps.py",
        "if any(map(self._stays_inside, left)):",
        "if False:",
    ),
    Mutant(
        "a rotation ends what another account lets in to",
        "vault/domain/rotation_steps.py",
        "return inside and not any(through)",
        "return inside",
    ),
    Mutant(
        "sessions end though they still get in",
        "vault/domain/rotation_blockers.py",
        'STAGED | {"enrol_factor", "end_sessions"}',
        'STAGED | {"enrol_factor"}',
    ),
    Mutant(
        "mail passes a second factor",
        SESSIONS,
        'if able and platform.reset_keeps_second_factor == "yes":',
        "if False:",
    ),
    Mutant(
        "who is inside mail is let in by none",
        SESSIONS,
        "[inside.get(a.id, NEVER) for a in accounts_of(registry, record)]",
        "[NEVER]",
    ),
    Mutant(
        "only what one signs in with opens an account",
        SESSIONS,
        "(*_parents(registry, each), *_mail_of(registry, each))",
        "_parents(registry, each)",
    ),
    Mutant(
        "mail is read inside after it is gone",
        SESSIONS,
        "intersection(union(through), span(None, record.until))",
        "union(through)",
    ),
    Mutant(
        "who has nothing but seats logs in",
        SESSIONS,
        "    if not has_login(registry, account):\n        return NEVER\n",
        "",
    ),
    Mutant(
        "no code comes by mail",
        SESSIONS,
        "{factor.mailbox for factor in registry.factors_of.get(account.id, ())}",
        "set[Id]()",
    ),
)
"""Where there is no password, mail and phones leave sessions: docs/adr/0017."""
