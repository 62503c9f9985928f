"""On the path of the processes that share the clock of a test: theirs is CLOCK_SHIFT seconds off, like the test's own."""

import os
import time

import time_machine

shift, asked, began = float(os.environ["CLOCK_SHIFT"]), time.time(), time.perf_counter()
clock = time_machine.travel(asked + shift, tick=True).start()
clock.shift(asked + shift + time.perf_counter() - began - time.time())  # starting the clock took a while
