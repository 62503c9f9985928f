"""The commands of ./impresa, what each needs, and what each does."""

import argparse
import errno
import os
import sys
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from . import PYTHON, ROOT, VENV, Problem, keep_compiled, say, speak_aside, telling_full_disk

READY = "IMPRESA_SET_UP"  # set for ourselves, when the set-up was done a moment ago


class _Formatter(argparse.HelpFormatter):
    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, "Uso: " if prefix is None else prefix)


class _Parser(argparse.ArgumentParser):
    """argparse in Italian, as far as it lets itself be told."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(add_help=False, allow_abbrev=False, formatter_class=_Formatter, **kwargs)
        self._optionals.title = "opzioni"

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.format_usage()}Non ho capito: {message.removeprefix('argument ')}\n")


def parser() -> argparse.ArgumentParser:
    main = _Parser(prog="./impresa", description="Impresasolidale: provala, controllala, usala.")
    main.add_argument("-h", "--help", action="help", help="mostra questo aiuto")
    commands = main.add_subparsers(dest="command", title="comandi", prog="./impresa", metavar="comando", required=True)

    def add(name: str, text: str, *, data_dir: bool = False, own_help: bool = True) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=text, description=text)
        if own_help:
            one.add_argument("-h", "--help", action="help", help="mostra questo aiuto")
        if data_dir:
            one.add_argument(
                "--data-dir", type=Path, default=ROOT / ".data", metavar="CARTELLA", help="dove stanno i dati (normalmente .data)"
            )
        return one

    demo = add("demo", "avvia tutto su questa macchina, con dati inventati", data_dir=True)
    demo.add_argument("--port", type=_port, default=8000, metavar="N", help="porta del sito (normalmente 8000)")
    demo.add_argument("--host", default="127.0.0.1", metavar="INDIRIZZO", help="indirizzo su cui ascoltare (normalmente 127.0.0.1)")
    demo.add_argument("--reset", action="store_true", help="butta i dati e ricomincia da capo")
    demo.add_argument("--today", type=_day, metavar="AAAA-MM-GG", help="il giorno a cui arrivano i dati inventati")
    test = add("test", "fa girare le prove automatiche; altri argomenti vanno a pytest")
    test.add_argument("--deep", action="store_true", help="anche le prove lunghe")
    test.add_argument("--strict", action="store_true", help="fallisce se le prove nel browser non possono girare")
    gallery = add("gallery", "fotografa ogni pagina di ogni ruolo e dice che cosa non va")
    gallery.add_argument(
        "--to", type=Path, default=ROOT / "build" / "gallery", metavar="CARTELLA", help="dove vanno le immagini (normalmente build/gallery)"
    )
    gallery.add_argument("--guide", action="store_true", help="rifà invece le fotografie della guida, in docs/images/guide")
    add("docs", "costruisce il sito della documentazione in build/docs")
    check = add("check", "formato, tipi, strati, migrazioni, modelli di pagina, traduzioni, sicurezza")
    check.add_argument("--fresh", action="store_true", help="prova invece demo e test in una Debian 12 vuota, da root e da utente comune")
    add("bench", "misura i tempi rispetto al minimo possibile; --json per i programmi", data_dir=True)
    add("load", "mette sotto carico una copia dei dati: mixed, spike, neighbour, soak, beside", data_dir=True)
    add("seed", "mette i dati inventati nel database della demo", data_dir=True)
    add("manage", "passa il resto a manage.py", data_dir=True, own_help=False)
    add("backup", "fa una copia cifrata di database e file; --list le elenca, --new-key fa le chiavi", data_dir=True)
    add("restore", "rimette una copia in un database vuoto e la confronta; --check la legge soltanto", data_dir=True)
    add("upgrade", "porta il database a questa versione: copia, schema, prova; --plan dice soltanto", data_dir=True)
    add("incident-pack", "raccoglie versioni, salute e registri di un incidente, senza dati personali", data_dir=True)
    add("worker", "avvia chi fa i lavori in coda; altri argomenti vanno a celery", data_dir=True)
    add("lock", "ricalcola le versioni fissate in requirements/")
    return main


def _port(text: str) -> int:
    if text.isdecimal() and 0 < int(text) < 65536:
        return int(text)
    raise argparse.ArgumentTypeError("una porta è un numero da 1 a 65535")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("un giorno si scrive AAAA-MM-GG") from None


COMMANDS = (
    "demo", "test", "gallery", "docs", "check", "bench", "load", "seed", "manage", "backup", "restore", "upgrade", "incident-pack",
    "worker", "lock",
)  # fmt: skip
SAID = {errno.ENOSPC: "Il disco è pieno", errno.EACCES: "Non ho il permesso di scrivere", errno.EROFS: "Il disco è di sola lettura"}
PASSES_ON = {"test", "bench", "load", "seed", "manage", "backup", "restore", "upgrade", "incident-pack", "worker"}


def parse(words: list[str]) -> tuple[argparse.Namespace, list[str]]:
    if not words:
        parser().print_help()
        raise SystemExit(2)
    if not words[0].startswith("-") and words[0] not in COMMANDS:
        parser().error(f"il comando «{words[0]}» non c'è. I comandi sono: {', '.join(COMMANDS)}.")
    args, rest = parser().parse_known_args(words)
    if rest and args.command not in PASSES_ON:
        parser().error(" ".join(rest))
    return args, rest


def main() -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    args, rest = parse(sys.argv[1:])
    if "--json" in rest:
        speak_aside()
    try:
        if not os.environ.pop(READY, "") or Path(sys.prefix) != VENV:
            _set_up(args)
        code = _run(args, rest)
    except Problem as problem:
        print(problem, file=sys.stderr, flush=True)
        code = 1
    except OSError as error:
        if error.errno not in SAID:
            raise
        print(f"{SAID[error.errno]}{f': {error.filename}' if error.filename else ''}.", file=sys.stderr, flush=True)
        code = 1
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


def _set_up(args: argparse.Namespace) -> None:
    """Install what is missing, then start again as .venv's Python. Returns at once to what installs in a place of its own."""
    from . import installation

    if args.command == "check" and args.fresh:
        return

    if args.command == "demo":
        from .demo import require_free_port

        require_free_port(args.host, args.port)
    installation.prepare(args.command)
    os.environ[READY] = "1"
    os.execv(PYTHON, [PYTHON, str(ROOT / "impresa"), *sys.argv[1:]])  # noqa: S606


def _run(args: argparse.Namespace, rest: list[str]) -> int:
    from .processes import foreground

    if args.command in ("test", "gallery", "check", "load"):
        keep_compiled()
    match args.command:
        case "demo":
            from . import demo

            return demo.run(args)
        case "test":
            from . import suite

            return suite.run(args, rest)
        case "gallery":
            from . import suite

            return suite.gallery(args)
        case "docs":
            from . import docs

            return docs.run()
        case "check":
            from . import check, fresh

            return fresh.run_check() if args.fresh else check.run()
        case "load":
            # The tests' own code: it starts the parts that it breaks, and reads the database when they are still.
            command = [PYTHON, "-m", "tests.load", *rest, f"--data-dir={args.data_dir}"]
            return foreground(command, env=os.environ, cwd=ROOT)
        case "lock":
            from . import lock

            return lock.run()
        case "worker":
            from .demo import worker_command

            return _with_database(args.data_dir, worker_command(*rest))
        case "manage":
            return _with_database(args.data_dir, _manage(*rest))
        case "backup" | "restore" | "upgrade" | "incident-pack" as command:
            return _with_database(args.data_dir, _manage(command.replace("-", "_"), *rest))
        case "seed":
            return _with_database(args.data_dir, _manage("seed", *rest), filled="tables")
        case command:  # bench
            return _with_database(args.data_dir, _manage(command, *rest), filled="people")


def _manage(*words: str) -> list[str]:
    return [PYTHON, str(ROOT / "manage.py"), *words]


def _with_database(data_dir: Path, command: list[str], *, filled: str = "") -> int:
    """With DATABASE_URL: on that installation, as the environment says. Without: on the embedded database of `data_dir`.

    `filled`: what the command wants to find there, "tables" or "people" (the demo's).
    """
    from .home import Home
    from .processes import Stopped, foreground, stoppable

    if os.environ.get("DATABASE_URL"):
        return foreground(command, env=os.environ, cwd=ROOT)
    home = Home(data_dir)
    home.open()
    env = home.environment()
    try:
        with stoppable(), telling_full_disk(home.folder), home.database():
            if filled:
                home.migrate(env)
            if filled == "people":
                home.seed(env)
            code = foreground(command, env=env, cwd=ROOT)
            if "restore" in command and code == 0:
                home.keep()
            return code
    except Stopped:
        say("Mi fermo.")
        return 130
