"""The command as a process of its own: languages, pipes and signals."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import pytest

from tests.cli.calling import Caller

_PROGRAM = "from harvester.cli import main; main()"


@pytest.mark.slow
def test_the_locale_chooses_the_language_and_standard_output_stays_empty(call: Caller) -> None:
    done = call.with_(LANG="ja_JP.UTF-8").process("show", "nope")
    assert (done.status, done.out) == (1, b"")
    assert "記録「nope」はありません" in done.err
    ascii_only = call.with_(LANG="C", LC_ALL="C", PYTHONIOENCODING="ascii:backslashreplace").process("show", "nope")
    assert ascii_only.status == 1
    assert "record_unknown" in ascii_only.err
    assert "Traceback" not in ascii_only.err


@pytest.mark.slow
def test_a_reader_that_goes_away_is_no_fault(call: Caller) -> None:
    line = f"{sys.executable} -c '{_PROGRAM}' export jmicro -o - | head -c 100 >&2; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", line], env=call.process_environment, cwd=call.folder, capture_output=True, check=True, timeout=60
    )
    assert b"Traceback" not in done.stderr
    assert done.stdout.strip() in {b"0", b"1"}


@pytest.mark.slow
def test_stand_ins_end_on_ctrl_c_and_leave_no_process(call: Caller) -> None:
    heeding = f"import signal; signal.signal(signal.SIGINT, signal.default_int_handler); {_PROGRAM}"
    command = [sys.executable, "-c", heeding, "standins", "--only", "mqa", "--json"]
    with subprocess.Popen(
        command, env=call.process_environment, cwd=call.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        try:
            assert process.stdout is not None
            said = b"".join(iter(process.stdout.readline, b"}\n")) + b"}"
            assert json.loads(said)["standins"][0]["connector"] == "mqa"
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=20)
        finally:
            process.kill()
    assert process.returncode == 0
    assert b"Traceback" not in err
