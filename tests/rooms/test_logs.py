"""The log pipeline under the libraries that bring consoles of their own, in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import logging
import sys
from bot import logs
logs.configure(None, "INFO", ["c4n4ry-secret"])
from dbos import DBOS
DBOS(config={"name": "logs-test", "system_database_url": "sqlite:///" + sys.argv[1], "log_level": "WARNING"})
DBOS.launch()
logging.getLogger("dbos").warning("the key is %s", "c4n4ry-secret")
DBOS.destroy()
logging.getLogger("slack_bolt.App").error("the token is xoxb-1-2-c4n4ry")
"""


def test_what_the_durable_engine_says_goes_through_our_pipeline_to_standard_error(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "engine.db")], capture_output=True, text=True, check=True
    )

    lines = [json.loads(line) for line in ran.stderr.splitlines()]
    assert [line["event"] for line in lines if "the key is" in line["event"]] == ["the key is [redacted]"]
    assert lines[-1]["event"] == "the token is [redacted]"
    assert {line["level"] for line in lines} <= {"warning", "error"}
    assert ran.stdout == ""
    assert "c4n4ry" not in ran.stderr
