"""On the path of the site's processes: their clock is ahead or behind by CLOCK_SHIFT seconds, so that it is always the demo's day."""

import os
import time

import time_machine

time_machine.travel(time.time() + float(os.environ["CLOCK_SHIFT"]), tick=True).start()
