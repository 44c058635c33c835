"""`kakehashi serve`: it listens, answers, stops, and says so when it cannot."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

from harvester.workplace import Workplace
from portal.serving import server
from tests.portal.serving import served


def serve(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    code = "import sys; from harvester.cli import run; sys.exit(run(sys.argv[1:]))"
    environment = {**os.environ, "KAKEHASHI_HOME": str(home)}
    call = [sys.executable, "-c", code, "serve", *arguments]
    return subprocess.run(call, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_it_stops_by_itself_after_its_time(home: Path) -> None:
    done = serve(home, "--port", "0", "--seconds", "0.2", "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["oai"]) == (0, told["address"] + "/oai")
    assert told["public_base"] == "https://kakehashi.example"


def test_a_port_that_is_taken_is_told(home: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        done = serve(home, "--port", str(other.getsockname()[1]), "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["error"][0]["code"]) == (1, "port_taken")


def test_it_answers_over_the_network_packed(place: Workplace) -> None:
    with served(place) as address:
        request = urllib.request.Request(f"{address}/ns/descriptor.xsd", headers={"Accept-Encoding": "gzip"})
        with urllib.request.urlopen(request, timeout=10) as found:
            assert (found.status, found.headers["Content-Encoding"]) == (200, "gzip")
            assert "server" not in {name.lower() for name in found.headers}


def test_a_connection_outlasts_a_client_that_thinks_for_a_minute(place: Workplace) -> None:
    assert server(place.settings, place.database).config.timeout_keep_alive > 60
