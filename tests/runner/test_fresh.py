"""./impresa check --fresh tells who cannot run it what is missing; what it does it does rarely, and takes minutes."""

import os
import shutil

import pytest

from impresasolidale.runner import Problem, fresh
from impresasolidale.runner.commands import parse


def test_it_runs_only_when_asked() -> None:
    assert not parse(["check"])[0].fresh
    assert parse(["check", "--fresh"])[0].fresh


def test_who_is_not_root_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(Problem, match=r"serve root. Lancia: sudo ./impresa check --fresh$"):
        fresh.run_check()


def test_without_debootstrap_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(Problem, match=r"Manca debootstrap.* apt-get install -y --no-install-recommends debootstrap$"):
        fresh.run_check()


def test_without_a_source_of_debian_it_makes_nothing_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fresh, "_said", lambda command: "")
    with pytest.raises(Problem, match="da dove prendere Debian 12"):
        fresh._mirror()
