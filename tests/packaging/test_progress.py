"""How far the set-up is: pip's output as a sentence, and its failure with its own words."""

from __future__ import annotations

import sys

import pytest
from launcher.messages import LaunchError
from launcher.progress import PipLines, run

from tests.packaging.conftest import script

PIP = """\
Looking in indexes: somewhere
Requirement already satisfied: numpy==2.4.6 in /x (from -r requirements.lock (line 5))
Collecting jaxlib==0.10.1 (from -r requirements.lock (line 9))
  Downloading jaxlib-0.10.1-cp311-cp311-manylinux_2_27_x86_64.whl (82.1 MB)
Collecting jax==0.10.1 (from -r requirements.lock (line 8))
  Using cached jax-0.10.1-py3-none-any.whl (3.1 MB)
Processing /wheels/noise-1.2.2.tar.gz (from -r requirements.lock (line 11))
Building wheels for collected packages: noise
Installing collected packages: jaxlib, jax, noise
Successfully installed jax-0.10.1
"""


def test_pips_output_becomes_sentences():
    lines = PipLines(4)
    assert [text for line in PIP.splitlines() if (text := lines.read(line))] == [
        "Package 2 of 4: jaxlib==0.10.1",
        "Package 2 of 4: jaxlib (82.1 MB)",
        "Package 3 of 4: jax==0.10.1",
        "Package 3 of 4: jax (3.1 MB)",
        "Package 4 of 4: noise-1.2.2.tar.gz",
        "Compiling what comes as source",
        "Unpacking 3 packages",
    ]


def test_failure_ends_with_the_commands_last_words(tmp_path):
    script(tmp_path / "pip", "#!/bin/sh\nseq 1 100\necho No space left >&2\nexit 1\n")
    with pytest.raises(LaunchError) as failure:
        run([str(tmp_path / "pip")], "Installing the packages")
    lines = str(failure.value).splitlines()
    assert len(lines) == 13
    assert lines[-2] == "No space left"
    assert lines[-1].startswith("Installing the packages failed, as shown above")


def test_output_that_is_no_text_is_no_failure(tmp_path):
    script(tmp_path / "pip", "#!/bin/sh\nprintf '\\377\\n'\n")
    run([str(tmp_path / "pip")], "Installing the packages")


@pytest.mark.skipif(sys.platform != "linux", reason="desktops of Linux")
def test_window_shows_it_where_nobody_reads(tmp_path, monkeypatch):
    script(tmp_path / "zenity", f'#!/bin/sh\ncat > "{tmp_path}/shown"\n')
    script(
        tmp_path / "pip",
        f'#!/bin/sh\necho "Collecting numpy==2.4.6"\nuntil grep -q numpy "{tmp_path}/shown"; do :; done\n',
    )
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(sys, "stderr", None)
    run([str(tmp_path / "pip")], "Installing the packages", 19)
    assert (tmp_path / "shown").read_text(encoding="utf-8") == "# Package 1 of 19: numpy==2.4.6\n"
