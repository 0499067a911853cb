"""The mistakes that tests have to notice where a departure is closed and steps are waived."""

from __future__ import annotations

from tests.mutation.mutants import Mutant

ENDING = "vault/domain/case_ending.py"
WAIVING = "vault/domain/waiving.py"

CLOSING = (
    Mutant("waived is not excused", ENDING, "_left(without_waived(part, case, at)", "_left((part)"),
    Mutant("closing forgets what comes", ENDING, "    yield from later\n", "    del later\n"),
    Mutant("any loss is the case's", ENDING, "gone & _owned(", "gone | gone & _owned("),
    Mutant("what came since is left", ENDING, "if case.closed_at is not None:", "if False:"),
    Mutant("what is done is waived", WAIVING, 'if p.state == "waived")', ")"),
    Mutant("a waived role is not taken", WAIVING, '    "end_role_assignment": _as_if_done,\n', ""),
    Mutant("a waived seat is not taken", WAIVING, '    "remove_seat": _seat,\n', ""),
    Mutant("waived factors are not asked for", WAIVING, 'remove_factor": _factor', 'x": _factor'),
    Mutant("waived sessions go on", WAIVING, '    "end_sessions": _sessions,\n', ""),
    Mutant(
        "the headline counts what is gone",
        "vault/domain/headline.py",
        "    registry = without_gone(registry, registry, at.date(), at)\n",
        "",
    ),
    Mutant("waived now, not when it began", WAIVING, "_Times(case.opened_at,", "_Times(at,"),
)
