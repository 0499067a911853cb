"""Several programs on one vault, and programs that are killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.integration.storage.builder import Sample, record_id

WRITERS = 8
TURNS = 10


def start(
    sample: Sample, what: str, *values: object, device: Path | None = None
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.integration.storage.worker",
            sample.path,
            device or sample.device,
            sample.keys.bundle().hex(),
            what,
            *map(str, values),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
    )


def finished(process: subprocess.Popen[str]) -> list[str]:
    out, errors = process.communicate()
    assert process.returncode == 0, errors
    return out.split()


def test_eight_programs_on_one_record_lose_no_update(sample: Sample) -> None:
    running = [start(sample, "count", TURNS) for _ in range(WRITERS)]
    seen = [int(line) for process in running for line in finished(process)[1:]]
    with sample.open() as session:
        assert session.registry.role(record_id(0)).min_holders == 1 + WRITERS * TURNS
        assert session.audit() == 2 + WRITERS * TURNS
    # Each of them saw the number that its own write made, and nobody else did.
    assert sorted(seen) == list(range(2, 2 + WRITERS * TURNS))


def test_programs_on_different_records_leave_each_other_alone(
    sample: Sample, tmp_path: Path
) -> None:
    running = [
        start(sample, "rename", number, TURNS, device=tmp_path / f"device{number}")
        for number in range(3)
    ]
    for process in running:
        finished(process)
    with sample.open() as session:
        names = {session.registry.role(record_id(number)).name for number in range(3)}
        assert names == {f"turn {TURNS - 1}"}
        assert session.audit() == 2 + 3 * TURNS


@pytest.mark.parametrize("acknowledged", [1, 6])
def test_what_was_acknowledged_survives_a_kill_at_any_moment(
    sample: Sample, acknowledged: int
) -> None:
    process = start(sample, "count", 100_000)
    assert process.stdout is not None
    seen = [process.stdout.readline().strip() for _ in range(1 + acknowledged)]
    process.kill()
    rest, _ = process.communicate()
    last = int((seen + rest.split())[-1])
    with sample.open() as session:
        count = session.registry.role(record_id(0)).min_holders
        assert count - last in {0, 1}  # the last write may be durable and not yet acknowledged
        assert session.audit() == count + 1
        session.write("role.edit", lambda r, _: ())


@pytest.mark.parametrize(
    ("point", "count"),
    [
        ("before the records", 1),
        ("before the buckets", 1),
        ("before the entry", 1),
        ("before the mark", 2),
    ],
)
def test_a_write_that_is_killed_midway_is_there_whole_or_not_at_all(
    sample: Sample, point: str, count: int
) -> None:
    process = start(sample, point)
    process.communicate()
    assert process.returncode == -9
    with sample.open() as session:
        assert session.registry.role(record_id(0)).min_holders == count
        assert session.audit() == session.seq == count + 1
