"""The whole way, as systemd runs it: no home, no terminal, nothing but credentials."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.cli.runner import Desk
from tests.integration.delivery.server import PASSWORD, make_certificate, post


def test_a_reporter_mails_the_dormant_report_with_nothing_but_its_credentials(
    tmp_path: Path,
) -> None:
    tmp_path.chmod(0o700)
    desk = Desk(tmp_path).found().keep_open()
    desk.do("account", "add", "x/@acme")
    desk.do("dormant", "record", "x/@acme", "--last", "2020-01-05")
    credentials = tmp_path / "credentials"
    credentials.mkdir(mode=0o700)
    (credentials / "passphrase").write_text("tin can with a string", encoding="utf-8")
    (credentials / "mail-password").write_text(PASSWORD, encoding="utf-8")
    secret = str(credentials / "passphrase")
    floor = ("--kdf", "floor", "--new-passphrase-file", secret)
    desk.do("member", "add-reporter", "Monday mail", *floor)
    certificate = make_certificate(tmp_path / "server.pem")
    with post(certificate, knows_users=True) as office:
        (tmp_path / "reports.toml").write_text(
            '[[report]]\nname = "dormant"\n[mail]\nhost = "127.0.0.1"\nuser = "safehands"\n'
            'password_file = "nowhere"\nca_file = "server.pem"\nfrom = "a@acme.example"\n'
            f'to = ["b@acme.example"]\nport = {office.port}\n',
            encoding="utf-8",
        )
        named = ("--vault", str(desk.vault), "--passphrase-file", secret)
        done = subprocess.run(
            [sys.executable, "-m", "vault", *named, "schedule", "run", tmp_path / "reports.toml"],
            env={"CREDENTIALS_DIRECTORY": str(credentials), "SAFEHANDS_STATE": f"{tmp_path}/new"},
            cwd=Path(__file__).parents[3],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    assert done.returncode == 1, done.stderr  # one account is dormant
    (taken,) = office.taken
    assert (taken.is_encrypted, taken.is_logged_in, taken.to) == (True, True, ["b@acme.example"])
    assert "Monday mail" in desk.do("journal", "list", "--limit", "1").out
