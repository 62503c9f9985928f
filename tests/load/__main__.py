"""./impresa load: real sessions on a real installation, a journal kept outside it, and at the end the one compared with the other.

    ./impresa load mixed      --data-dir CARTELLA    finds the ceiling, then holds 60 % of it
    ./impresa load spike      --data-dir CARTELLA    3,000 tutors fill and close their month within ten minutes
    ./impresa load neighbour  --data-dir CARTELLA    taps, alone and beside reports and 300 papers
    ./impresa load soak       --data-dir CARTELLA    random journeys while parts are killed, frozen and wiped
    ./impresa load beside     --data-dir CARTELLA    list, detail and tap beside the floor page, 4 connections

It writes into the folder's database: give it a copy. What each must hold, and how it is measured: docs/operations/scaling.md.
"""

import argparse
import os
import sys
from pathlib import Path

from impresasolidale.runner import Problem
from impresasolidale.runner.home import DEFAULT, Home
from impresasolidale.runner.processes import Stopped, stoppable

MINUTES = {"mixed": 5.0, "spike": 10.0, "neighbour": 1.0, "soak": 20.0, "beside": 3.0}


def parse(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./impresa load", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=list(MINUTES))
    parser.add_argument("--data-dir", type=Path, required=True, metavar="CARTELLA")
    parser.add_argument("--minutes", type=float, help=f"quanto dura la parte che si misura (normalmente: {MINUTES})")
    parser.add_argument("--step", type=float, default=15.0, metavar="SECONDI", help="mixed: quanto dura ogni gradino")
    parser.add_argument("--ceiling", type=float, metavar="N", help="mixed: richieste al secondo del tetto, se è già noto")
    parser.add_argument("--tutors", type=int, default=3000, metavar="N", help="spike: quanti tutor")
    parser.add_argument("--papers", type=int, default=300, metavar="N", help="neighbour: quante carte")
    parser.add_argument("--every", type=float, default=2.0, metavar="MINUTI", help="soak: da un guasto all'altro")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="il numero da cui viene ogni scelta")
    args = parser.parse_args(words)
    args.minutes = args.minutes or MINUTES[args.what]
    return args


def main(words: list[str]) -> int:
    args = parse(words)
    home = Home(args.data_dir)
    if home.folder == DEFAULT:
        raise Problem("Il carico scrive nel database: indica con --data-dir una copia dei dati di prova, non la cartella della demo.")
    home.open()
    if not home.claim():
        raise Problem(f"Un'altra demo sta già usando {home.folder}. Indica un'altra cartella con --data-dir.")
    os.environ.update(home.environment(DATABASE_AS_OWNER="1"))
    import django

    django.setup()
    from . import scenarios

    with stoppable():
        try:
            return scenarios.run(home, args)
        except Stopped:
            return 130
        finally:
            home.release()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Problem as problem:
        print(problem, file=sys.stderr, flush=True)
        sys.exit(1)
