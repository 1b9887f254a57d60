"""Real processes under the supervisor: start, order of stopping, one that dies, one that will not."""

import os
import signal
import socket
import subprocess
import sys
import textwrap

import pytest

from pestzorg.demo.supervisor import ChildEnded, Children, StopRequested, port_is_free

# Writes its name to the log on SIGTERM; says that it is ready through a file.
POLITE = textwrap.dedent("""
    import pathlib, signal, sys, time
    name, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    def stop(number, frame):
        with (folder / "log").open("a") as log:
            log.write(name + "\\n")
        sys.exit(0)
    signal.signal(signal.SIGTERM, stop)
    (folder / name).touch()
    while True:
        time.sleep(0.05)
""")
STUBBORN = POLITE.replace("sys.exit(0)", "pass")
PARENT = textwrap.dedent("""
    import os, pathlib, sys
    from pestzorg.demo.supervisor import Children
    folder = pathlib.Path(sys.argv[2])
    with Children(os.environ) as children:
        child = children.start("child", [sys.executable, "-c", sys.argv[1], "child", str(folder)])
        children.wait_until((folder / "child").exists)
        print(child.process.pid, flush=True)
        children.watch()
""")


@pytest.fixture
def children():
    return Children(os.environ)


def python(code, *arguments):
    return [sys.executable, "-c", code, *map(str, arguments)]


def started(children, name, folder, code=POLITE):
    child = children.start(name, python(code, name, folder))
    children.wait_until((folder / name).exists, seconds=20)
    return child


def lives(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_children_stop_in_reverse_order(children, tmp_path):
    with children:
        running = [started(children, name, tmp_path) for name in ("broker", "web", "worker")]
    assert (tmp_path / "log").read_text().split() == ["worker", "web", "broker"]
    assert [child.process.returncode for child in running] == [0, 0, 0]


def test_a_child_that_dies_stops_all(children, tmp_path):
    with children:
        broker = started(children, "broker", tmp_path)
        children.start("web", python("raise SystemExit(3)"))
        with pytest.raises(ChildEnded, match="web ended with code 3"):
            children.watch()
    assert broker.process.returncode == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stop_request_ends_the_watch_and_the_children(children, tmp_path, number):
    before = signal.getsignal(number)
    with children:
        child = started(children, "web", tmp_path)
        os.kill(os.getpid(), number)
        with pytest.raises(StopRequested):
            children.watch()
    assert child.process.returncode == 0
    assert signal.getsignal(number) is before


def test_child_that_ignores_the_request_is_killed(children, tmp_path, monkeypatch):
    monkeypatch.setattr("pestzorg.demo.supervisor.PATIENCE_SECONDS", 0.3)
    with children:
        child = started(children, "stubborn", tmp_path, STUBBORN)
    assert child.process.returncode == -signal.SIGKILL


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of a parent's death")
def test_child_does_not_outlive_a_killed_parent(tmp_path):
    command = python(PARENT, POLITE, tmp_path)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        pid = int(parent.stdout.readline())
        parent.kill()
    Children({}).wait_until(lambda: (tmp_path / "log").exists() and not lives(pid), seconds=20)


def test_waiting_ends_when_a_child_dies(children):
    with children:
        children.start("broker", python("raise SystemExit(1)"))
        with pytest.raises(ChildEnded, match="broker ended with code 1"):
            children.wait_until(lambda: False)


def test_waiting_has_an_end(children):
    with pytest.raises(ChildEnded, match="Not ready"), children:
        children.wait_until(lambda: False, seconds=0.01)


def test_finish_hands_back_the_output(children):
    with children:
        assert children.finish("story", python("print('told')")) == "told\n"


def test_finish_refuses_a_failure(children):
    with pytest.raises(ChildEnded, match="story ended with code 2"), children:
        children.finish("story", python("raise SystemExit(2)"))


def test_stop_request_ends_what_should_finish(children, tmp_path):
    with children:
        os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(StopRequested):
            children.finish("story", python(POLITE, "story", tmp_path))


def test_port_in_use_is_seen():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        assert not port_is_free(port)
    assert port_is_free(port)
