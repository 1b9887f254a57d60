"""Pytest plugin of `./run check`: the rooms that decide who sees what are covered to the last branch.

pytest -p pestzorg.tests.whole_rooms --cov
Half of some lines runs on PostgreSQL only, and half on SQLite only: with --cov-append after a run on the other one.
"""

from __future__ import annotations

from io import StringIO

import pytest
from coverage import Coverage
from coverage.exceptions import NoDataError

ROOMS = [
    *(
        "cases/access/*",
        "cases/ceilings.py",
        "interventions/access/interventions.py",
        "interventions/access/methods.py",
    ),
    *("pestzorg/rules/*", "schools/access.py"),
]
SAID = pytest.StashKey[str]()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """After pytest-cov has put all data together, of this run and of the one before; fails the run."""
    if hasattr(session.config, "workerinput") or not session.testscollected:
        return
    said = missing_in(ROOMS)
    if said:
        session.config.stash[SAID] = said
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Before the last line, which stays pytest's own."""
    if said := config.stash.get(SAID, ""):
        terminalreporter.section("access and rules are not covered as a whole", red=True)
        terminalreporter.write_line(said)


def missing_in(rooms: list[str], data_file: str = ".coverage") -> str:
    """The lines and branches of these files that no test took; empty when there are none."""
    table = StringIO()
    coverage = Coverage(data_file=data_file)
    coverage.load()
    try:
        whole = coverage.report(include=rooms, show_missing=True, skip_covered=True, file=table)
    except NoDataError:
        return "Nothing was measured: run with --cov."
    return "" if whole == 100 else table.getvalue()
