"""./impresa demo: the whole application on this machine, with a real database, broker, worker, beat and dispatcher."""

import argparse
import errno
import http.client
import os
import socket
from pathlib import Path

from . import PYTHON, ROOT, Problem, say, telling_full_disk
from .home import Home
from .processes import Process, Stopped, Supervisor, stoppable


def require_free_port(host: str, port: int) -> None:
    """Problem when we could not listen there."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the web server does
            probe.bind(address)
    except OSError as error:
        reason = {errno.EADDRINUSE: "è già occupata", errno.EACCES: "è riservata a root"}.get(
            error.errno or 0, f"non va bene ({error.strerror})"
        )
        raise Problem(f"La porta {port} su {host} {reason}. Scegline un'altra con --port.") from error


def run(args: argparse.Namespace) -> int:
    require_free_port(args.host, args.port)
    home = Home(args.data_dir)
    home.open()
    if not home.claim():
        raise Problem(f"Un'altra demo sta già usando {home.folder}. Indica un'altra cartella con --data-dir.")
    if args.reset:
        home.reset()
    supervisor, serving = Supervisor(), False
    with stoppable(), telling_full_disk(home.folder):
        try:
            address = f"[{args.host}]:{args.port}" if ":" in args.host else f"{args.host}:{args.port}"
            shown = address.replace("0.0.0.0", "127.0.0.1", 1).replace("[::]", "[::1]", 1)  # noqa: S104
            everywhere = args.host in ("0.0.0.0", "::")  # noqa: S104
            env = home.environment(
                BASE_URL=f"http://{shown}", ALLOWED_HOSTS="*" if everywhere else f"localhost,127.0.0.1,[::1],{args.host}"
            )
            with home.static(env) as static:
                broker = home.broker()
                supervisor.start(broker, home.postgres)
                broker.wait_ready(10)
                home.migrate(env)
                home.seed(env, *([f"--today={args.today}"] if args.today else []))
                env["STATIC_ROOT"] = str(static())
            web, *others = services(home, env, address)
            supervisor.start(web)
            web.wait_ready()
            say(_welcome(f"http://{shown}", home))
            serving = True
            supervisor.start(*others)
            supervisor.watch()
        except Stopped:
            say("Mi fermo.")
        finally:
            supervisor.stop()
            home.release()
    return 0 if serving else 130


def worker_command(*more: str) -> list[str]:
    return [PYTHON, "-m", "celery", "-A", "impresasolidale.celery", "worker", "--concurrency=2", "--loglevel=WARNING", *more]


def services(home: Home, env: dict[str, str], address: str) -> tuple[Process, ...]:
    """Web, worker, beat and dispatcher."""
    celery = [PYTHON, "-m", "celery", "-A", "impresasolidale.celery"]
    commands = {
        "web": [
            PYTHON, "-m", "gunicorn", "impresasolidale.wsgi:application", "--bind", address, "--preload", "--worker-class", "gthread",
            "--workers", "2", "--threads", "4", "--graceful-timeout", "5", "--no-control-socket",
            *(["--worker-tmp-dir", "/dev/shm"] if os.access("/dev/shm", os.W_OK) else []),  # noqa: S108
        ],
        "worker": worker_command("--without-gossip", "--without-mingle"),
        "beat": [*celery, "beat", "--loglevel=WARNING", "--pidfile=", f"--schedule={home.folder / 'beat'}"],
        "dispatcher": [PYTHON, str(ROOT / "manage.py"), "dispatch"],
    }  # fmt: skip
    host, _, port = address.rpartition(":")
    ready = {"web": lambda: _first_page(host.strip("[]"), int(port))}
    return tuple(Process(name, command, env=env, log=home.log(name), ready=ready.get(name), cwd=ROOT) for name, command in commands.items())


def _first_page(host: str, port: int) -> bool:
    client = http.client.HTTPConnection({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port, timeout=30)  # noqa: S104
    try:
        client.request("GET", "/", headers={"Host": f"localhost:{port}"})
        return client.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        client.close()


def _welcome(url: str, home: Home) -> str:
    lines = ["", f"Impresasolidale è pronta: {url}", ""]
    logins = home.folder / "logins.txt"  # role, e-mail, password: written by the seed
    if logins.exists():
        rows = [line.split("\t") for line in logins.read_text().splitlines() if line.strip()]
        widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
        lines += ["Per entrare:", *("  " + "   ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in rows), ""]
    lines.append(f"I registri sono in {_short(home.folder / 'log')}. Per fermare tutto: Ctrl-C.")
    return "\n".join(lines)


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
