"""One clock for the tests and the processes they start: it is always the morning of the demo's day, whatever day the tests run on.

What is true of a placement depends on the day: with the machine's own clock, fixed days in a test and today's drift apart, and one day
the test breaks. PostgreSQL keeps the machine's time: it gives moments to what happened, and no rule reads them.
"""

import os
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import time_machine

DAY = "2026-11-18"  # a Wednesday
MORNING = datetime.fromisoformat(f"{DAY}T09:00").replace(tzinfo=ZoneInfo("Europe/Rome"))


def start() -> None:
    """From here on it is MORNING in this process, and time goes by."""
    time_machine.travel(MORNING, tick=True).start()


def environment(*, hours_ago: int = 0) -> dict[str, str]:
    """For a process of ours that must share this clock, or run behind it: it finds the shift here, and sitecustomize on its path."""
    shift = time.time() - time_machine.escape_hatch.time.time() - hours_ago * 3600
    path = (str(Path(__file__).parent), os.environ.get("PYTHONPATH", ""))
    return {"CLOCK_SHIFT": str(shift), "PYTHONPATH": os.pathsep.join(filter(None, path))}
