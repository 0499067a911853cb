from __future__ import annotations

import errno
import getpass
import json
import re
import threading

import click
import pytest

from tests.conftest import REPOSITORY
from vault import errors
from vault.cli import diagnostics
from vault.cli.diagnostics import INTERRUPTED, ExitCode, exit_code, report
from vault.domain.text import clean
from vault.errors import AmbiguousError, CannotUnlockError, NotFoundError, SafehandsError

CODES = {
    "UsageError": 2,
    "CannotUnlockError": 3,
    "WrongPassphraseError": 3,
    "KdfPolicyError": 3,
    "NotAMemberError": 3,
    "NotForReportersError": 3,
    "NotFoundError": 4,
    "AmbiguousError": 4,
    "RefusedError": 5,
    "AlreadyError": 5,
    "ImportRefusedError": 5,
    "ConflictError": 6,
    "IntegrityError": 7,
    "WrongVaultError": 7,
    "MembershipError": 7,
    "RollbackError": 7,
    "JournalError": 7,
    "SlotTamperedError": 7,
    "EpochKeyError": 7,
    "RecordTamperedError": 7,
    "StateMismatchError": 7,
    "RecordCountError": 7,
    "MalformedError": 7,
    "UnsupportedFormatError": 8,
    "StorageError": 8,
    "NotDeliveredError": 8,
    "NotAVaultError": 8,
    "NewerVaultError": 8,
    "UnsafePathError": 8,
    "KeyringError": 8,
    "NoKeyringError": 8,
}


def made(kind: type[SafehandsError]) -> SafehandsError:
    return AmbiguousError("m", ("a", "b")) if kind is AmbiguousError else kind("m")


def test_every_error_has_its_exit_code() -> None:
    raised = {
        name: exit_code(made(kind))
        for name, kind in vars(errors).items()
        if isinstance(kind, type)
        and issubclass(kind, SafehandsError)
        and kind is not SafehandsError
    }
    assert raised == CODES


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (click.UsageError("no such option"), ExitCode.USAGE),
        (click.FileError("x"), ExitCode.CANNOT_READ_OR_WRITE),
        (PermissionError(errno.EACCES, "Permission denied", "/x"), ExitCode.CANNOT_READ_OR_WRITE),
        (ValueError("x"), ExitCode.DEFECT),
        (RecursionError(), ExitCode.DEFECT),
    ],
)
def test_what_others_raise_has_an_exit_code_too(error: BaseException, code: ExitCode) -> None:
    assert exit_code(error) is code


def test_the_page_on_exit_codes_is_the_list() -> None:
    page = (REPOSITORY / "docs" / "exit-codes.md").read_text(encoding="utf-8")
    told = {
        int(code): text for code, text in re.findall(r"^\| (\d+) \| (.+) \|$", page, re.MULTILINE)
    }
    assert told == {int(code): code.__doc__ for code in ExitCode}


def test_an_error_is_one_line_and_a_hint(capsys: pytest.CaptureFixture[str]) -> None:
    assert report(NotFoundError("there is no role 'x'", "see what there is")) == 4
    out, err = capsys.readouterr()
    assert err == "safehands: there is no role 'x'\n  hint: see what there is\n"
    assert out == ""


def test_a_hostile_message_reaches_the_terminal_harmless(
    capsys: pytest.CaptureFixture[str],
) -> None:
    hostile = "\x1b]52;c;QUJD\x07\n\u202e" + "x" * 10_000
    report(AmbiguousError(hostile, (hostile, "plain"), hostile))
    err = capsys.readouterr().err
    assert "\x1b" not in err
    assert "\u202e" not in err
    assert len(err) < 4000
    assert err.count("\n") == 4


def test_an_ambiguous_name_lists_its_candidates(capsys: pytest.CaptureFixture[str]) -> None:
    assert report(AmbiguousError("'jan' could be 2", ("1f  Jan A", "9b  Jan B"), "use an id")) == 4
    assert capsys.readouterr().err.splitlines()[1:] == [
        "  1f  Jan A",
        "  9b  Jan B",
        "  hint: use an id",
    ]


def test_with_json_an_error_is_a_document_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert report(errors.WrongPassphraseError("it does not fit", "try again"), as_json=True) == 3
    document = json.loads(capsys.readouterr().out)
    assert list(document) == ["schema", "error"]
    assert document["schema"] == "safehands.error/1"
    assert document["error"] == {
        "code": 3,
        "kind": "wrong_passphrase",
        "message": "it does not fit",
        "hint": "try again",
    }


def test_the_json_of_an_ambiguous_name_has_its_candidates(
    capsys: pytest.CaptureFixture[str],
) -> None:
    report(AmbiguousError("two", ("a", "b")), as_json=True)
    assert json.loads(capsys.readouterr().out)["error"]["candidates"] == ["a", "b"]


def fail(canary: str) -> None:
    raise ValueError(canary)


@pytest.mark.parametrize("as_json", [False, True])
def test_a_defect_tells_its_kind_and_place_and_no_value(
    capsys: pytest.CaptureFixture[str], as_json: bool
) -> None:
    with pytest.raises(ValueError, match="hunter2") as caught:
        fail("hunter2")
    assert report(caught.value, as_json=as_json) == 9
    out, err = capsys.readouterr()
    assert "hunter2" not in out + err
    assert re.search(r"ValueError at test_diagnostics\.py:\d+$", err.splitlines()[0])


def test_the_place_of_a_defect_is_the_innermost_line_of_ours(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(TypeError) as caught:
        clean(None)  # type: ignore[arg-type]  # the mistake is the point
    report(caught.value)
    assert re.search(r"TypeError at vault/domain/text\.py:\d+\n", capsys.readouterr().err)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), click.Abort()])
def test_a_stopped_command_says_so_and_ends_as_shells_expect(
    capsys: pytest.CaptureFixture[str], error: BaseException
) -> None:
    assert report(error) == INTERRUPTED == 130
    assert capsys.readouterr().err == "safehands: stopped\n"


def test_an_uncaught_exception_of_a_thread_prints_no_value(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.excepthook", None)
    monkeypatch.setattr("threading.excepthook", threading.excepthook)
    diagnostics.hide_values_in_tracebacks()
    thread = threading.Thread(target=fail, args=("hunter2",))
    thread.start()
    thread.join()
    err = capsys.readouterr().err
    assert "ValueError" in err
    assert "hunter2" not in err


def test_progress_is_silent_where_stderr_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with diagnostics.progress("opening records", 10) as tell:
        tell(5)
    assert capsys.readouterr().err == ""


def test_progress_clears_its_line_when_it_ends(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with diagnostics.progress("opening records", 200) as tell:
        for done in range(201):
            tell(done)
    err = capsys.readouterr().err
    assert "\ropening records  100 %  200 of 200" in err
    assert err.count("\ropening") == 101
    assert err.endswith("\r\x1b[K")


def test_a_passphrase_is_never_typed_where_it_would_be_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def echoing(prompt: str, stream: object) -> str:
        import warnings

        warnings.warn("echoed", getpass.GetPassWarning, stacklevel=1)
        return "typed in the open"

    monkeypatch.setattr("getpass.getpass", echoing)
    with pytest.raises(CannotUnlockError):
        diagnostics.ask_secret("Passphrase: ")


def test_the_kind_of_an_error_is_its_name_word_by_word(capsys: pytest.CaptureFixture[str]) -> None:
    for error, kind in (
        (errors.NotAVaultError("m"), "not_a_vault"),
        (errors.NotAMemberError("m"), "not_a_member"),
        (errors.WrongPassphraseError("m"), "wrong_passphrase"),
        (errors.AlreadyError("m"), "already"),
    ):
        report(error, as_json=True)
        assert json.loads(capsys.readouterr().out)["error"]["kind"] == kind
