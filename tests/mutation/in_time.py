"""The mistakes about what begins and ends before a last day that tests have to notice."""

from __future__ import annotations

from tests.mutation.mutants import Mutant

HORIZON = "vault/domain/horizon.py"

IN_TIME = (
    Mutant("others who leave can be relied on", HORIZON, "leaves_by(person, horizon.day)", "False"),
    Mutant(
        "roles that end can be relied on",
        HORIZON,
        "each.person != horizon.leaver and horizon.ends(each)",
        "False",
    ),
    Mutant(
        "seats that end can be relied on",
        HORIZON,
        "record.person != horizon.leaver and horizon.ends(record)",
        "False",
    ),
    Mutant(
        "seats of role accounts last",
        HORIZON,
        "record.person != horizon.leaver and horizon.ends(record)",
        'record.person not in {"", horizon.leaver} and horizon.ends(record)',
    ),
    Mutant(
        "readers whose time ends can be relied on",
        HORIZON,
        "if any(s.of not in mine and horizon.ends(s) for s in spells):",
        "if False:",
    ),
    Mutant(
        "what begins for the leaver gives nothing",
        "vault/domain/offboarding.py",
        "    part = foreseen.registry\n",
        "",
    ),
    Mutant(
        "what begins is taken before",
        "vault/domain/offboarding.py",
        "[foreseen.dated(step) for step in planner.steps(ties)]",
        "planner.steps(ties)",
    ),
    Mutant("second factors keep out for ever", HORIZON, "if horizon.ends(record):", "if False:"),
    Mutant(
        "what ended lasts until it is ended again",
        "vault/domain/effects.py",
        "until is not None and until <= at",
        "False",
    ),
    Mutant(
        "secrets of no factor are ties",
        "vault/domain/ties.py",
        "not any(made_from(registry, credential.id, at))",
        "False",
    ),
    Mutant(
        "accounts open at once or never",
        HORIZON,
        "isinstance(record, Account) and record.since and horizon.begins(record)",
        "False",
    ),
    Mutant(
        "what opens later has no password yet",
        HORIZON,
        "if current is None or not at < current < self.horizon.end:",
        "if True:",
    ),
    Mutant(
        "what hangs on what opens later waits for nothing",
        HORIZON,
        "for each in resting_on(part, (account.id,)):",
        "for each in ():",
    ),
    Mutant(
        "what begins later keeps all waiting",
        HORIZON,
        'filter(None, (record.id, getattr(record, "account", "")))',
        '(record.id, getattr(record, "account", ""))',
    ),
    Mutant(
        "mail that lets in later leaves no session",
        HORIZON,
        "_CHANNELS if opened_by_channel(part, record) else ()",
        "()",
    ),
    Mutant(
        "accounts move to mail that is about to end",
        "vault/domain/mailbox_choice.py",
        "if mailbox.owner == role and mailbox.until is None",
        "if mailbox.owner == role",
    ),
    Mutant(
        "a factor that nobody has keeps nobody out before it begins",
        HORIZON,
        "            is_of_unknown_holder(factor)\n            or any(",
        "            any(",
    ),
    Mutant(
        "a role gets nothing later",
        HORIZON,
        ".get(name, self._is_feared(spell))",
        ".get(name, spell.of == self.horizon.leaver)",
    ),
)
