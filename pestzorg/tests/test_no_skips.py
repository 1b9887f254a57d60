"""The plugin that turns skipped tests into failures, tried on small suites of its own."""

import os
import re
import subprocess
import sys

import pytest

SUITES = {
    "by_mark": "import pytest\n@pytest.mark.skip(reason='no server')\ndef test_a(): pass\n",
    "by_itself": "import pytest\ndef test_a(): pytest.skip('no server')\n",
    "whole_file": "import pytest\npytest.skip('no server', allow_module_level=True)\n",
}
EXPECTED_FAILURE = "import pytest\n@pytest.mark.xfail(reason='known')\ndef test_a(): assert 0\n"


def run(folder, code):
    (folder / "test_small.py").write_text(code)
    command = [sys.executable, "-m", "pytest", "-p", "pestzorg.tests.no_skips"]
    command += ["-c", "/dev/null", "--rootdir", str(folder), "-p", "no:cacheprovider", str(folder)]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(command, check=False, capture_output=True, text=True, env=environment)


@pytest.mark.parametrize("how", SUITES)
def test_a_skipped_test_fails(how, tmp_path):
    result = run(tmp_path, SUITES[how])
    assert result.returncode
    assert re.search(r"1 (failed|error)", result.stdout)
    assert "no server" in result.stdout


def test_an_expected_failure_stays_expected(tmp_path):
    assert not run(tmp_path, EXPECTED_FAILURE).returncode
