"""A PostgreSQL server for the tests: started by them in a temporary folder, on loopback, and stopped by them."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

GIVEN = "KAKEHASHI_TEST_POSTGRES"
"""Environment variable with the address of a server to use instead of starting one."""


def binaries() -> Path | None:
    """The folder with `initdb`, the newest version if there are several."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    plain = shutil.which("initdb")
    return Path(plain).parent if plain else None


def _owner() -> dict[str, Any]:
    """Who runs the server: PostgreSQL refuses to be run by the superuser."""
    if os.getuid() != 0:
        return {}
    try:
        account = pwd.getpwnam("postgres")
    except KeyError:
        account = pwd.getpwnam("nobody")
    return {"user": account.pw_uid, "group": account.pw_gid}


def folder_of(address: str) -> Path:
    """Where a server that the tests started keeps its data."""
    with psycopg.connect(address) as connection:
        row = connection.execute("SHOW data_directory").fetchone()
    assert row is not None
    return Path(row[0])


def restart(folder: Path) -> None:
    """Restart a server that the tests started, breaking every connection off."""
    control = [str((binaries() or folder) / "pg_ctl"), "-D", str(folder), "-m", "fast", "-w", "-t", "60", "restart"]
    subprocess.run(control, check=True, cwd=folder.parent, stdout=subprocess.DEVNULL, **_owner())


@contextmanager
def server() -> Iterator[str]:
    """Give the address of a running server (`postgresql://…/postgres`)."""
    folder = binaries()
    if folder is None:
        raise FileNotFoundError("initdb")
    owner = _owner()
    with tempfile.TemporaryDirectory(prefix="kakehashi-pg-") as name:
        home = Path(name)
        if owner:
            os.chown(home, owner["user"], owner["group"])
        home.chmod(0o700)
        data = home / "data"
        common: dict[str, Any] = {"cwd": home, **owner}
        initdb = [
            "initdb",
            "-D",
            "data",
            "-U",
            "kakehashi",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]
        subprocess.run([str(folder / initdb[0]), *initdb[1:]], check=True, capture_output=True, **common)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={home} -c fsync=off"
        control = [str(folder / "pg_ctl"), "-D", str(data)]
        start = [*control, "-l", str(home / "log"), "-w", "-t", "60", "-o", options, "start"]
        subprocess.run(start, check=True, stdout=subprocess.DEVNULL, **common)
        try:
            yield f"postgresql://kakehashi@127.0.0.1:{port}/postgres"
        finally:
            subprocess.run([*control, "-m", "immediate", "-w", "stop"], check=False, capture_output=True, **common)
