"""./impresa test: pytest on real servers of its own, in the CI tier or the deep one."""

import argparse
import os

from . import PYTHON, ROOT, Problem, say
from .home import Home
from .processes import Stopped, Supervisor, foreground, stoppable

PLACE = ROOT / "build"
SIDE_BY_SIDE = 8  # runs at the same time, each with its own servers


def run(args: argparse.Namespace, rest: list[str]) -> int:
    reason = os.environ.get("IMPRESA_BROWSER_REASON", "")
    if reason:
        if args.strict:
            raise Problem(f"Le prove nel browser non possono girare: {reason}.")
        say(f"Salto le prove nel browser: {reason}.")
    home = _free_home()
    supervisor = Supervisor()
    with stoppable():
        try:
            broker = home.broker()
            supervisor.start(broker, home.postgres)
            broker.wait_ready(10)
            tier = [] if args.deep else ["-m", "not deep"]
            return foreground([PYTHON, "-m", "pytest", *tier, *rest], env=home.environment(), cwd=ROOT)
        except Stopped:
            return 130
        finally:
            supervisor.stop()
            home.release()


def _free_home() -> Home:
    for number in range(1, SIDE_BY_SIDE + 1):
        home = Home(PLACE / f"test-{number}", fast=True, settings="impresasolidale.settings.test")
        home.open()
        if home.claim():
            return home
    raise Problem(f"Ci sono già {SIDE_BY_SIDE} prove in corso: aspetta che ne finisca una.")
