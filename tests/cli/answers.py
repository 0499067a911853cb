"""Real answers of commands with `--json`, and what fields of which types there are in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Any, get_args

from msgspec import inspect

from tests.cli.runner import Desk
from vault.domain.cases import Progress
from vault.domain.platforms.model import Platform
from vault.domain.records import AnyRecord

DAY = re.compile(r"\d{4}-\d\d-\d\d")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)")
COMMAND = re.compile(r"[a-z-]+")
ID = re.compile(r"[0-9a-f]{32}")
EMPTY = "empty text"  # of which sort nobody can tell: text, an id or a day
KEYED = {"counts", "records", "configuration", "read", "links"}
KEYED |= {"playbook", "provenance", "not_applicable"}
KEYED |= {"created", "updated", "unchanged", "skipped"}
"""Objects whose keys are data: kinds of records, verdicts, facts of a platform."""
DECLARED: dict[type[inspect.Type], str] = {
    inspect.BoolType: "true or false",
    inspect.IntType: "number",
    inspect.FloatType: "number",
    inspect.NoneType: "null",
    inspect.DateType: "day",
    inspect.DateTimeType: "moment",
    inspect.DictType: "object",
}
RECORD_KINDS = frozenset(kind.__name__.lower() for kind in get_args(AnyRecord))


@dataclass
class Shape:
    """The fields of one schema by their paths, each with the types that were seen.

    A record within another document is told by its kind, and collected in `records`.
    """

    records: dict[str, Shape] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    types: dict[str, set[str]] = field(default_factory=dict)

    def add(self, path: str, value: Any) -> None:
        """Add a value and all that is in it."""
        seen = self.types.setdefault(path, set()) if path else set()
        if isinstance(value, dict):
            if path and value.get("kind") in RECORD_KINDS and "id" in value:
                seen.add(f"record of kind {value['kind']}")
                self.records.setdefault(value["kind"], Shape(self.records)).add("", value)
                return
            if path and "schema" in value:
                seen.add(f"document {value['schema']}")
                return
            seen.add("object")
            name = path.rsplit(".", 1)[-1].removesuffix("[]")
            for key, each in value.items():
                keyed = (name in KEYED and "checked_on" not in value) or ID.fullmatch(key)
                step = "*" if keyed else key
                self.add(f"{path}.{step}" if path else step, each)
        elif isinstance(value, list):
            seen.add("list")
            for each in value:
                self.add(f"{path}[]", each)
        else:
            seen.add(_type(value))

    def declare(self, path: str, kind: inspect.Type) -> None:
        """Add what the code declares: what is empty in every answer has a type too."""
        if isinstance(kind, inspect.UnionType):
            for each in kind.types:
                self.declare(path, each)
        elif isinstance(kind, inspect.VarTupleType | inspect.ListType):
            self.types.setdefault(path, set()).add("list")
            self.declare(f"{path}[]", kind.item_type)
        elif isinstance(kind, inspect.StructType):
            if path:
                self.types.setdefault(path, set()).add("object")
            for part in kind.fields:
                self.declare(f"{path}.{part.name}" if path else part.name, part.type)
        else:
            self.types.setdefault(path, set()).add(DECLARED.get(type(kind), EMPTY))

    def lines(self) -> Iterator[str]:
        """Yield each path with its types; the parts of an object follow it."""
        place = {path: number for number, path in enumerate(self.types)}
        for path in sorted(self.types, key=lambda path: [place.get(p, 0) for p in _upwards(path)]):
            if not path.endswith("[]"):
                yield f"{path:32} {self._told(path, self.types[path])}"

    def _told(self, path: str, seen: set[str]) -> str:
        told = seen - {EMPTY}
        if not told - {"null"} and EMPTY in seen:
            told.add("text")
        items = self.types.get(f"{path}[]")
        if "list" in told and items:
            told = told - {"list"} | {f"list of {self._told(f'{path}[]', items)}"}
        records = sorted(each for each in told if each.startswith("record of"))
        if len(records) > 2:
            told = told - set(records) | {"record"}
        return " or ".join(sorted(told, key=lambda each: (each == "null", each)))


def _upwards(path: str) -> Iterator[str]:
    """Yield what a path is in, from the top, and the path itself."""
    yield from (path[: each.start()] for each in re.finditer(r"\[\]|\.", path) if each.start())
    yield path


def _type(value: Any) -> str:
    if value == "":
        return EMPTY
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "number"
    for name, pattern in (("day", DAY), ("moment", MOMENT), ("id", ID)):
        if pattern.fullmatch(value):
            return name
    return "text"


def shapes(desk: Desk) -> dict[str, Shape]:
    """Return the shape of every schema that the commands of the story answer with, by its name."""
    found: dict[str, Shape] = {}
    records: dict[str, Shape] = {}
    for argv in story(desk):
        answer = desk.run(*argv, "--json")
        document = answer.document
        schema = document.pop("schema")
        shape = found.setdefault(schema, Shape(records))
        name = " ".join(takewhile(COMMAND.fullmatch, argv[:2]))
        if name not in shape.commands:
            shape.commands.append(name)
        for key, value in document.items():
            shape.add(key, value)
    for record in get_args(AnyRecord):
        shape = records.setdefault(record.__name__.lower(), Shape(records))
        shape.types.setdefault("kind", set()).add("text")
        shape.declare("", inspect.type_info(record))
    found["safehands.platform/1"].declare("", inspect.type_info(Platform))
    found["safehands.step/1"].declare("", inspect.type_info(Progress))
    return found


REPORTS = ("overview", "ownership", "dormant", "exposure", "rotation", "single-points")
PLAIN = ("account", "phone", "role", "factor", "seat", "grant", "credential")
RECORDS = {**{kind: f"{kind}s" for kind in PLAIN}, "person": "people", "mailbox": "mailboxes"}


def story(desk: Desk) -> Iterator[tuple[str, ...]]:
    """Yield commands on the demo company, such that each kind of answer is given filled."""
    yield from (
        ("status",),
        ("check",),
        ("doctor",),
        ("export",),
        ("unlock", "status"),
        ("member", "list"),
        ("person", "show", "nobody"),
        ("person", "holds", "jan bakker"),
        ("account", "who", "x/@brugmanpers"),
        ("account", "link", "x/@brugmanpers"),
        ("simulate", "ranking"),
        ("simulate", "person", "jan bakker"),
        ("platform", "list"),
        ("platform", "show", "x"),
        ("platform", "show", "x", "--act", "rotate_password"),
        ("platform", "stale"),
        ("dormant", "report"),
        ("dormant", "probe", "--dry-run"),
        ("deactivate", "plan", "tumblr/@brugman"),
        ("offboard", "plan", "jan bakker"),
        ("rotate", "due"),
        ("credential", "reuse"),
        ("credential", "breached"),
    )
    for kind, plural in RECORDS.items():
        yield (kind, "list")
        if kind not in {"credential", "seat"}:
            yield (kind, "show", desk.ask(kind, "list")[plural][0]["id"])
    yield from (("report", name) for name in REPORTS)
    yield ("journal", "list")
    yield ("journal", "show", "3")
    yield ("journal", "verify")
    yield from _acts(desk)
    yield ("schedule", "cron", _job(desk.folder))
    yield ("schedule", "run", _job(desk.folder))
    yield ("schedule", "outbox")


def _acts(desk: Desk) -> Iterator[tuple[str, ...]]:
    yield ("mailbox", "prove", "webcare@brugman.example")
    yield ("role", "assign", "press", "eva jansen")
    yield ("credential", "set", "x/@brugmanpers", "--generate", "--stdout")
    yield ("credential", "changed", "jan bakker", "x/@brugmanpers")
    yield ("credential", "reveal", "x/@brugmanpers", "--stage", "pending", "--stdout")
    yield ("credential", "history", "x/@brugmanpers")
    yield ("credential", "totp", "x/@brugmanpers", "--new", "--stdout")
    yield ("dormant", "decide", "flickr/@brugman", "--keep-until", "2099-01-01", "--reason", "art")
    yield ("deactivate", "start", "tumblr/@brugman")
    yield ("deactivate", "start", "--dead")
    yield ("deactivate", "list")
    yield ("rotate", "plan", "instagram/@brugman")
    yield ("rotate", "start", "instagram/@brugman")
    yield ("rotate", "retire", "--dry-run")
    yield ("offboard", "start", "jan bakker")
    yield ("case", "list")
    yield ("case", "show", "jan bakker")
    yield ("case", "next", "jan bakker")
    steps = [step["id"] for step in desk.ask("case", "next", "jan bakker")["steps"]]
    yield ("case", "show", "jan bakker", steps[0])
    yield ("case", "block", "jan bakker", steps[0], "--reason", "ill")
    yield ("case", "block", "jan bakker", *steps[1:3], "--reason", "ill")
    yield ("case", "replan", "jan bakker")
    yield ("report", "evidence")
    yield ("report", "access-review", "--start", "autumn")
    yield ("report", "access-review")


def _job(folder: Path) -> str:
    (folder / "reports").mkdir(exist_ok=True)
    file = folder / "reports.toml"
    file.write_text(
        '[[report]]\nname = "ownership"\n[folder]\npath = "reports"\n', encoding="utf-8"
    )
    return str(file)


def brugman(folder: Path) -> Desk:
    """Return a desk with the demo company, kept open."""
    from vault.services.demo import DemoBuilder

    folder.chmod(0o700)
    desk = Desk(folder).found().keep_open()
    assert desk.held is not None
    DemoBuilder(desk.held, lambda _: None).build()
    return desk
