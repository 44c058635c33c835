"""Stand-ins in a process of their own: one that does not come up is told at once, not after a minute."""

from __future__ import annotations

import time

import pytest

from config.messages import CodedError
from harvester import serving


@pytest.mark.slow
def test_a_process_that_ends_before_it_answers_is_told_at_once(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(serving, "serve_forever", complex)
    begun = time.monotonic()
    with pytest.raises(CodedError, match="stand_in_failed"), serving.served(("mqa",)):
        pass
    assert time.monotonic() - begun < serving._PATIENCE / 2
    assert "TypeError" in capfd.readouterr().err
