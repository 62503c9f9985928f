"""Names: every model has an Italian one that the glossary knows, documents written from the code are up to date, migrations are whole."""

import io
import re

import pytest
from django.apps import apps
from django.core.management import call_command
from django.utils import translation

from impresasolidale.core.transitions import Machine, Transition
from tests.support import generated_docs
from tests.support.machines import machines
from tests.support.sources import FORBIDDEN, ROOT, WINGS

OURS = [m for m in apps.get_models() if m.__module__.partition(".")[0] in WINGS]
PROPER = {"Ambito", "Ambiti"}


def glossary() -> dict[str, set[str]]:
    """Italian term → names in code."""
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| [^|]+ \| [^|]+ \|$", (ROOT / "docs" / "glossary.md").read_text(), re.M)
    found: dict[str, set[str]] = {}
    for terms, code in rows:
        for term in terms.split(", "):
            found.setdefault(term.strip(), set()).update(re.findall(r"`(\w+)[`(]", code))
    return found


@pytest.mark.parametrize("model", OURS, ids=lambda m: m._meta.label)
def test_a_model_has_an_italian_name_that_the_glossary_knows(model):
    with translation.override("it"):
        name, plural = str(model._meta.verbose_name), str(model._meta.verbose_name_plural)
    assert model._meta.original_attrs.get("verbose_name") and model._meta.original_attrs.get("verbose_name_plural"), "named by Django"
    for each in (name, plural):
        assert each in PROPER or each == each.lower()
        assert not FORBIDDEN.search(each)
    assert model.__name__ in glossary().get(name, set()), f"docs/glossary.md: | {name} | `{model.__name__}` | … |"


def test_no_field_or_choice_is_named_by_a_forbidden_word():
    with translation.override("it"):
        words = {str(f): str(getattr(f, "verbose_name", "")) for m in OURS for f in m._meta.get_fields()}
        words |= {f"{f} {value}": str(label) for m in OURS for f in m._meta.local_fields for value, label in f.flatchoices}
    assert len(words) > 400
    assert {where: each for where, each in words.items() if FORBIDDEN.search(each)} == {}


def test_a_word_the_glossary_does_not_know_is_noticed():
    assert "Placement" in glossary()["tirocinio"]
    assert "stage" not in glossary()


@pytest.mark.parametrize("name", generated_docs.DOCUMENTS)
def test_documents_written_from_the_code_are_up_to_date(name):
    assert generated_docs.path(name).read_text() == generated_docs.written(name), "run python -m tests.support.generated_docs"


def test_a_changed_state_table_changes_its_document(monkeypatch):
    other = Machine("x.y", ("a", "b"), (Transition("go", ("a",), "b", None),))
    before = generated_docs.written("states.md")
    monkeypatch.setattr("tests.support.machines.machines", lambda: [*machines(), other])
    assert generated_docs.written("states.md") != before


@pytest.mark.django_db
def test_no_migration_is_missing():
    out = io.StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=out)
    except SystemExit:
        pytest.fail(out.getvalue())
