"""Telling the person: on the terminal, in the log, and in a window where nobody reads the terminal."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from launcher import messages

from tests.packaging.conftest import script

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="dialogs of Linux desktops")


@linux_only
@pytest.mark.parametrize("tool", ["zenity", "kdialog", "xmessage"])
def test_dialog_is_shown_by_what_the_desktop_has(monkeypatch, tmp_path, tool):
    script(tmp_path / tool, "#!/bin/sh\n")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("DISPLAY", ":0")
    command = messages.dialog("It did not start.")
    assert command is not None
    assert command[0] == str(tmp_path / tool)
    assert any("It did not start." in word for word in command)


@linux_only
def test_there_is_no_dialog_without_a_display(monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert messages.dialog("It did not start.") is None


@linux_only
@pytest.mark.parametrize(("stderr", "shown"), [(subprocess.DEVNULL, True), (subprocess.PIPE, False)])
def test_window_opens_only_where_nobody_reads(checkout, tmp_path, stderr, shown):
    script(tmp_path / "bin" / "zenity", f'#!/bin/sh\necho "$@" > "{tmp_path}/shown"\n')
    fail = "from launcher.messages import fail; fail('It did not start.')"
    environment = {"PATH": f"{tmp_path / 'bin'}:/bin", "DISPLAY": ":0", "HOME": str(tmp_path)}
    command = [sys.executable, "-c", fail]
    subprocess.run(command, cwd=checkout / "packaging", env=environment, stderr=stderr, check=True)
    give_up = time.monotonic() + (10 if shown else 0.5)
    while not (tmp_path / "shown").exists() and time.monotonic() < give_up:
        time.sleep(0.02)  # the dialog is a process of its own that nothing waits for
    assert (tmp_path / "shown").exists() == shown


def test_log_that_cannot_be_written_is_no_failure(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    messages.record("a line")
