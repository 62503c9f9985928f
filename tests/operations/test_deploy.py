"""What deploy/ ships is read by the programs it is for, where they are here, and names what exists."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.support.sources import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
SHUT_IN = [
    "User=impresasolidale", "NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "CapabilityBoundingSet=\n",
    "EnvironmentFile=/etc/impresasolidale/environment", "StateDirectory=impresasolidale", "SystemCallFilter=@system-service",
]  # fmt: skip
SERVICES = [p for p in UNITS if p.suffix == ".service"]


def needs(program: str):
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not here")


def known() -> set[str]:
    """Every name that settings read from the environment."""
    text = "".join(p.read_text() for p in (ROOT / "impresasolidale" / "settings").glob("*.py"))
    return set(re.findall(r"env(?:\.\w+)?\(\s*\"([A-Z_]+)\"", text))


def test_the_example_of_the_environment_says_only_what_is_read():
    lines = (DEPLOY / "environment.example").read_text().splitlines()
    names = {m[1] for line in lines if (m := re.match(r"#? ?([A-Z_]+)=", line))}
    assert names - known() == {"DJANGO_SETTINGS_MODULE", "HTTPS_PROXY", "REQUESTS_CA_BUNDLE"}
    assert {"SECRET_KEY", "FIELD_KEYS", "LOOKUP_KEY", "DATABASE_URL", "OWNER_DATABASE_URL", "BROKER_URL", "BACKUP_URL"} <= names


@needs("systemd-analyze")
def test_systemd_reads_the_units(tmp_path):
    """On copies whose programs and user exist here."""
    for unit in UNITS:
        text = unit.read_text().replace("/srv/impresasolidale/.venv/bin/", "/bin/true ").replace("/srv/impresasolidale", "/")
        (tmp_path / unit.name).write_text(text)
    paths = [str(tmp_path / unit.name) for unit in UNITS]
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *paths], capture_output=True, text=True)
    ours = [line for line in (done.stdout + done.stderr).splitlines() if "impresasolidale" in line]
    assert ours == []


@pytest.mark.parametrize("unit", SERVICES, ids=lambda p: p.stem)
def test_every_service_is_shut_in(unit):
    text = unit.read_text()
    for line in SHUT_IN:
        assert line in text, line


@needs("nginx")
@needs("openssl")
def test_nginx_takes_the_example(tmp_path):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=prova",
         "-keyout", str(tmp_path / "privkey.pem"), "-out", str(tmp_path / "fullchain.pem")],
        check=True, capture_output=True,
    )  # fmt: skip
    text = (DEPLOY / "nginx" / "impresasolidale.conf").read_text()
    text = text.replace("/etc/ssl/impresasolidale", str(tmp_path)).replace("/var/log/nginx", str(tmp_path))
    (tmp_path / "site.conf").write_text(text)
    (tmp_path / "nginx.conf").write_text(f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ include {tmp_path}/site.conf; }}")
    done = subprocess.run(["nginx", "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "warn" not in done.stderr


@needs("caddy")
def test_caddy_takes_the_example():
    path = DEPLOY / "caddy" / "Caddyfile"
    done = subprocess.run(["caddy", "validate", "--adapter", "caddyfile", "--config", str(path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_compose_names_what_exists():
    found = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    services = found["services"]
    assert {"web", "worker", "beat", "dispatcher", "database", "broker", "proxy", "upgrade", "backup"} == set(services)
    for name, service in services.items():
        for volume in service.get("volumes", []):
            source = re.sub(r"^\$\{.*?\}", "/srv", volume).split(":")[0]
            assert source in found["volumes"] or source.startswith("/") or (DEPLOY / source).exists(), (name, volume)
        for other in service.get("depends_on", []):
            assert other in services
        if service.get("image") == "impresasolidale:0.1.0":
            assert service["cap_drop"] == ["ALL"]
            assert service["read_only"]
        command = service.get("command", [])
        if "manage.py" in command:
            assert list(ROOT.rglob(f"management/commands/{command[-1]}.py"))


def test_the_image_copies_what_exists_and_keeps_no_secret():
    text = (DEPLOY / "Containerfile").read_text()
    for source in re.findall(r"^COPY (\S+) ", text, re.M):
        assert (ROOT / source).exists()
    assert "USER impresasolidale" in text
    assert not re.search(r"^(ENV|ARG).*(KEY|PASSWORD|TOKEN)", text, re.M)
    assert ".venv" in Path(ROOT / ".containerignore").read_text()
