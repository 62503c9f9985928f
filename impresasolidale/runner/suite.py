"""./impresa test and ./impresa gallery: pytest on real servers of its own, in the CI tier or the deep one, or taking pictures."""

import argparse
import os
import shutil

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
    commands = [[PYTHON, "-m", "pytest", *round_] for round_ in rounds(args.deep, rest)]
    if args.deep or rest or reason:  # a part of the tests: nobody asks which ran
        return _on_servers(commands)
    ran = PLACE / f"ran-{os.getpid()}.txt"
    try:
        return _on_servers([*commands, [PYTHON, "-m", "tests.support.proofs", str(ran)]], IMPRESA_RAN=str(ran))
    finally:
        ran.unlink(missing_ok=True)


def gallery(args: argparse.Namespace) -> int:
    """Every page of every role as a picture, and what is wrong with it; the contact sheet goes to `args.to`. Or the guide's pictures."""
    if reason := os.environ.get("IMPRESA_BROWSER_REASON", ""):
        raise Problem(f"Senza un browser non ci sono immagini: {reason}.")
    if args.guide:
        return _on_servers([[PYTHON, "-m", "pytest", "tests/browser/gallery/guide.py"]])
    shutil.rmtree(args.to, ignore_errors=True)
    args.to.mkdir(parents=True)
    walk = [PYTHON, "-m", "pytest", "tests/browser/gallery/pictures.py", "-n", "2"]
    return _on_servers([walk, [PYTHON, "-m", "tests.browser.gallery.sheet"]], IMPRESA_GALLERY=str(args.to))


def _on_servers(commands: list[list[str]], **more: str) -> int:
    """The commands one after the other on a database and a broker of their own; the first code that is not zero."""
    home = _free_home()
    supervisor = Supervisor()
    with stoppable():
        try:
            broker = home.broker()
            supervisor.start(broker, home.postgres)
            broker.wait_ready(10)
            codes = [foreground(command, env={**home.environment(), **more}, cwd=ROOT) for command in commands]
            return next((code for code in codes if code), 0)
        except Stopped:
            return 130
        finally:
            supervisor.stop()
            home.release()


BROWSER, FAULTS = (
    "tests/browser",
    ("tests/faults", "tests/runner/test_full_disk.py", "tests/privacy/test_looks.py"),
)  # where the tests so marked live


def rounds(deep: bool, rest: list[str]) -> list[list[str]]:
    """What pytest is told, one run after the other. The whole CI tier goes in three: what only computes, side by side, where who has none
    left takes from the other (the sweep alone lasts minutes); what drives a browser, side by side a file at a time, each on a site of its
    own; then, alone on the machine, what breaks a part and may assert seconds. Each collects its own folders alone, for all the tests are
    long to read. What somebody chose by hand runs as asked."""
    if deep or rest:
        return [[*([] if deep else ["-m", "not deep"]), *rest]]
    return [
        ["-m", "not deep and not fault", f"--ignore={BROWSER}", "-n", "2", "--dist", "worksteal"],
        [BROWSER, "-m", "not deep", "-n", "2", "--dist", "loadfile"],
        [*FAULTS, "-m", "not deep and fault"],
    ]


def _free_home() -> Home:
    for number in range(1, SIDE_BY_SIDE + 1):
        home = Home(PLACE / f"test-{number}", fast=True, settings="impresasolidale.settings.test")
        home.open()
        if home.claim():
            return home
    raise Problem(f"Ci sono già {SIDE_BY_SIDE} prove in corso: aspetta che ne finisca una.")
