"""On the path of the site's processes: one clock for all of them, CLOCK_SHIFT seconds off, so that it is always the demo's day."""

import os
import time

import time_machine

shift, asked, began = float(os.environ["CLOCK_SHIFT"]), time.time(), time.perf_counter()
clock = time_machine.travel(asked + shift, tick=True).start()
clock.shift(asked + shift + time.perf_counter() - began - time.time())  # starting the clock took a while
