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
            codes = [foreground([PYTHON, "-m", "pytest", *round_], env=home.environment(), cwd=ROOT) for round_ in rounds(args.deep, rest)]
            return next((code for code in codes if code), 0)
        except Stopped:
            return 130
        finally:
            supervisor.stop()
            home.release()


def rounds(deep: bool, rest: list[str]) -> list[list[str]]:
    """What pytest is told, one run after the other. The whole CI tier goes in two: what only computes, side by side; then, alone on the
    machine, what drives a browser or may assert seconds. What somebody chose by hand runs as asked."""
    if deep or rest:
        return [[*([] if deep else ["-m", "not deep"]), *rest]]
    return [["-m", "not deep and not browser and not fault", "-n", "2"], ["-m", "not deep and (browser or fault)"]]


def _free_home() -> Home:
    for number in range(1, SIDE_BY_SIDE + 1):
        home = Home(PLACE / f"test-{number}", fast=True, settings="impresasolidale.settings.test")
        home.open()
        if home.claim():
            return home
    raise Problem(f"Ci sono già {SIDE_BY_SIDE} prove in corso: aspetta che ne finisca una.")
