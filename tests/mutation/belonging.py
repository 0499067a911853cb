"""Mistakes about whose an address, a number or an account is."""

from __future__ import annotations

from typing import Final

from tests.mutation.mutants import ACCESS, KNOWLEDGE, SESSIONS, Mutant

WHOSE: Final = "vault/domain/whose.py"
NUMBERS: Final = "vault/domain/numbers.py"
LEDGER: Final = "vault/domain/ledger.py"
TIES: Final = "vault/domain/ties.py"
OWN: Final = "vault/domain/leavers_own.py"
NEAR: Final = "vault/domain/neighbourhood.py"
CAUTIONS: Final = "vault/domain/cautions.py"

BELONGING: Final = (
    Mutant(
        "somebody's own mailbox is an account of the company",
        OWN,
        'record.type == "personal" or owners(registry, record)',
        "False",
    ),
    Mutant("a contract receives nothing", ACCESS, "phone.contract in self.party.people", "False"),
    Mutant(
        "the company receives on a contract",
        ACCESS,
        "carrier is None and self.party.cautious and phone.contract",
        "carrier is None and phone.contract",
    ),
    Mutant("a contract is no tie", TIES, "record.contract == person or _among(", "_among("),
    Mutant("a contract had no codes", KNOWLEDGE, "ANYTIME if record.contract == person else ", ""),
    Mutant(
        "phones of a contract are nowhere",
        "vault/domain/registry.py",
        "_named(p.carriers) | {p.contract}",
        "_named(p.carriers)",
    ),
    Mutant(
        "every name is a number",
        NUMBERS,
        'return "number" in (account.models or registry.platform(account).models)',
        "return True",
    ),
    Mutant(
        "a number is no way in",
        NUMBERS,
        "account.recovery_phones + own_number(registry, account)",
        "account.recovery_phones",
    ),
    Mutant(
        "what the record says of a number is nothing",
        NUMBERS,
        "        if phone.id not in named\n",
        "",
    ),
    Mutant("numbers of any time", NUMBERS, "handle.since, handle.until", "handle.since"),
    Mutant(
        "an account that goes by a number is far away",
        NEAR,
        "    found |= {a.id for a in going_by(registry, thing)}\n",
        "",
    ),
    Mutant(
        "the phone of a number is cut off",
        NEAR,
        "        yield from (spell.of for spell in own_number(registry, record))\n",
        "",
    ),
    Mutant("addresses are nobody's", WHOSE, ", *known_by(registry, mailbox.address))))", ", )))"),
    Mutant(
        "a recorded owner changes nothing",
        WHOSE,
        "    if mailbox.owner and not is_freemail(mailbox.address):\n",
        "    if False:\n",
    ),
    Mutant(
        "a freemail address is whose it is said to be",
        WHOSE,
        "    if mailbox.owner and not is_freemail(mailbox.address):\n",
        "    if mailbox.owner:\n",
    ),
    Mutant("two records are two people", WHOSE, "person.one_with or person.id", "person.id"),
    Mutant(
        "the company counts on an address",
        ACCESS,
        "owners(self.registry, mailbox) if self.party.cautious else recorded",
        "owners(self.registry, mailbox)",
    ),
    Mutant(
        "accounts are nobody's own",
        SESSIONS,
        "    if person in account_owners(registry, account):\n",
        "    if False:\n",
    ),
    Mutant(
        "an account of a role is somebody's own",
        WHOSE,
        "if not account.owner_roles or is_freemail(address):",
        "if True:",
    ),
    Mutant(
        "steps take what is the leaver's own",
        "vault/domain/planning.py",
        "            if is_own(self.registry, self.leaver, tie.account):\n",
        "            if False:\n",
    ),
    Mutant(
        "who read a freemail mailbox forgets its password",
        KNOWLEDGE,
        "    if not (reading and is_freemail(record.address)):\n",
        "    if True:\n",
    ),
    Mutant(
        "its password never changes",
        KNOWLEDGE,
        "next((m for m in changed if m >= end), None)",
        "None",
    ),
    Mutant(
        "the first password on record is a new one",
        KNOWLEDGE,
        "for v in credential.versions[1:])",
        "for v in credential.versions)",
    ),
    Mutant(
        "mail of a role is cut with the role",
        OWN,
        "    return is_freemail(record.address) and not any(",
        "    return False and not any(",
    ),
    Mutant(
        "what a step could change moves all the same",
        OWN,
        "    return is_freemail(record.address) and not any(",
        "    return is_freemail(record.address) or any(",
    ),
    Mutant(
        "who reads it does not know its password",
        KNOWLEDGE,
        "ways.append(intersection(reading, credential.accepted_span(version)))",
        "pass",
    ),
    Mutant(
        "who reads it knows every password it had",
        KNOWLEDGE,
        "ways.append(intersection(reading, credential.accepted_span(version)))",
        "ways.append(reading)",
    ),
    Mutant(
        "the ledger knows no mail",
        LEDGER,
        'using: Mapping[Way, Span] = {"role": by_role, "mail": reading}',
        'using: Mapping[Way, Span] = {"role": by_role}',
    ),
    Mutant("who is to read it owes", LEDGER, "union((member, let_in))", "member"),
    Mutant("debts know no mail", KNOWLEDGE, "for mailbox in read)", "for mailbox in ())"),
    Mutant(
        "debts know no mail of a role",
        KNOWLEDGE,
        "        read += registry.mailboxes_of.get(assignment.role, ())\n",
        "",
    ),
    Mutant(
        "a mailbox with the same password is far away",
        NEAR,
        "        yield from _with_equal_secrets(registry, (account,))\n",
        "",
    ),
    Mutant(
        "a mailbox with the same password is cut off",
        NEAR,
        "            if any(mailboxes_of(registry, registry.account(each))):\n",
        "            if False:\n",
    ),
    Mutant(
        "who is inside reads no mail",
        ACCESS,
        'yield Clause(head, (("login", account.id),), f"reads {address}")',
        "pass",
    ),
    Mutant(
        "who reads is not inside",
        SESSIONS,
        "reading_span(registry, person, mailbox.id)\n        for",
        "NEVER\n        for",
    ),
    Mutant(
        "a mailbox is on an island of its own",
        NEAR,
        "                yield from (a.id for a in accounts_of(registry, mailbox))\n",
        "                pass\n",
    ),
    Mutant(
        "a mailbox gets its password in its turn",
        "vault/domain/schedule.py",
        "            s.id not in mail,\n",
        "",
    ),
    Mutant(
        "new passwords wait for no mailbox",
        "vault/domain/schedule.py",
        "or any(undone)",
        "or False",
    ),
    Mutant(
        "what is a mailbox twice waits for no password",
        "vault/domain/schedule.py",
        "if earlier.account in others or",
        "if",
    ),
    Mutant(
        "freemail is left with its reader",
        "vault/domain/resets.py",
        "if not isinstance(record, Mailbox) or is_freemail(record.address):",
        "if not isinstance(record, Mailbox):",
    ),
    Mutant(
        "its own password waits for no role",
        "vault/domain/schedule.py",
        "known |= any(spell.of == earlier.reason",
        "known |= any(False",
    ),
    Mutant(
        "its own password waits for no reader",
        "vault/domain/schedule.py",
        "return is_it or is_undone_by",
        "return is_undone_by",
    ),
    Mutant(
        "nobody asks who reads it",
        CAUTIONS,
        "mailbox.owner or coming(mailbox.readers, at) or owners",
        "True or owners",
    ),
)
