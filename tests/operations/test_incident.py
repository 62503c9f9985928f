"""The pack for an incident says what happened and when, and about nobody."""

import json
import os
import zipfile
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from impresasolidale.core.models import Look
from impresasolidale.core.scope import scope
from placements.beneficiaries.models import Beneficiary
from tests.factories.attendance import system

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_holds_versions_health_counts_and_our_lines_alone(copies, stored, sondrio, worker, tmp_path, capsys, settings):
    access = system(sondrio)
    with scope(access.scope):
        person = Beneficiary.objects.get()
        Look.objects.create(
            kind=Look.Kind.DENIED, place="beneficiaries:detail", at=timezone.now(), actor_id=worker.pk, ambito_id=sondrio.pk
        )
        names = [person.first_name, person.last_name]
    journal = tmp_path / "web.log"
    now = timezone.now().isoformat()
    journal.write_text(
        json.dumps({"at": now, "level": "info", "page": "desk:home", "status": 200, "note": names[0]})
        + f"\nTraceback: {names[1]}\n"
        + json.dumps({"at": "2020-01-01T00:00:00+00:00", "page": "desk:old"})
        + "\n"
    )
    target = tmp_path / "pacco.zip"
    call_command(
        "incident_pack", "--log", str(journal), "--to", str(target), "--until", (timezone.now() + timedelta(minutes=1)).isoformat()
    )
    assert "senza dati personali" in capsys.readouterr().out
    assert os.stat(target).st_mode & 0o077 == 0
    with zipfile.ZipFile(target) as pack:
        texts = {name: pack.read(name).decode() for name in pack.namelist()}
    assert json.loads(texts["versions.json"])["packages"]["Django"]
    assert json.loads(texts["health.json"])["checks"]["database"]["state"] == "good"
    assert ["denied", "beneficiaries:detail", 1] in [row[1:4] for row in json.loads(texts["looks.json"])]
    assert [json.loads(line)["page"] for line in texts["log.jsonl"].splitlines()] == ["desk:home"]
    assert json.loads(texts["about.json"])["lines_left_out"] == 1
    whole = "".join(texts.values())
    for secret in (*names, worker.email, *settings.FIELD_KEYS, settings.LOOKUP_KEY, settings.SECRET_KEY, "PGPASSWORD"):
        assert secret not in whole
    with pytest.raises(CommandError):
        call_command("incident_pack", "--to", str(target))  # never over another


@pytest.mark.parametrize(("words", "said"), [(("--since", "ieri"), "non è un momento"), (("--since", "2030-01-01"), "vuoto")])
def test_a_period_that_is_none_is_told(copies, words, said):
    with pytest.raises(CommandError, match=said):
        call_command("incident_pack", *words)
