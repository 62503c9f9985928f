"""House rules that are read in the sources themselves. Each rule has a planted violation below, so that it cannot go blind."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from impresasolidale.core.jobs import REGISTRY
from tests.support import sources
from tests.support.sources import LINES, ours, text

Rule = Callable[[str], Iterator[tuple[int, str]]]

# Who may write a state: the walker of state tables; and of jobs, messages and papers, which have no state table, their own module.
WRITES_STATE = {
    "impresasolidale/core/transitions.py",
    "impresasolidale/core/jobs.py",
    "impresasolidale/core/messages.py",
    "impresasolidale/core/rendering.py",
}
PURE = {"rules.py", "services.py", "selectors.py"}


def violations(rule: Rule, files: list[Path]) -> list[str]:
    return [f"{path}:{line} {what}" for path in files for line, what in rule(text(path))]


def in_packages(path: Path, names: set[str]) -> bool:
    """`services.py` or a file of the package `services/`."""
    return path.name in names or path.parent.name + ".py" in names


def test_views_forms_and_admin_do_not_query():
    files = [p for p in ours() if in_packages(p, {"views.py", "forms.py", "admin.py"}) and p != Path("impresasolidale/core/views.py")]
    assert len(files) > 10
    assert violations(sources.queries, files) == []


def test_only_the_walker_writes_states():
    files = [p for p in ours() if str(p) not in WRITES_STATE and "demo" not in p.parts]
    assert violations(sources.state_writes, files) == []


def test_whoever_may_write_a_state_does():
    """No exception outlives its reason."""
    assert [name for name in WRITES_STATE if not list(sources.state_writes(text(Path(name))))] == []


def test_no_rule_service_or_selector_reads_the_machine_s_clock():
    assert violations(sources.clocks, [p for p in ours() if in_packages(p, PURE)]) == []


def test_today_is_an_argument_of_rules_and_services():
    assert violations(sources.todays, [p for p in ours() if in_packages(p, PURE - {"selectors.py"})]) == []


def test_nothing_happens_behind_a_signal():
    assert violations(sources.signals, ours()) == []


def test_every_enqueued_job_exists():
    wanted = {(f"{path}:{line}", name) for path in ours() for line, name in sources.enqueued(text(path))}
    assert wanted
    assert [found for found in wanted if found[1] not in REGISTRY] == []


def test_files_stay_readable():
    long = {str(p): len(text(p).splitlines()) for p in ours(tests=True)}
    assert {name: lines for name, lines in long.items() if lines > LINES} == {}


def test_no_forbidden_word_in_a_phrase_of_the_code():
    assert violations(sources.words_in_code, ours()) == []


PLANTED = [
    (sources.queries, "class V:\n  def get(self): return Company.objects.all()"),
    (sources.queries, "rows = Company._default_manager.count()"),
    (sources.state_writes, "row.state = 'done'"),
    (sources.state_writes, "before, row.state = row.state, 'done'"),
    (sources.state_writes, "setattr(row, 'state', 'done')"),
    (sources.state_writes, "Timesheet.objects.filter(pk=1).update(state='frozen')"),
    (sources.clocks, "def f(): return date.today()"),
    (sources.todays, "def f(): return timezone.localdate()"),
    (sources.clocks, "def f(): return datetime.now(UTC)"),
    (sources.clocks, "cursor.execute('SELECT 1 WHERE ends_on < CURRENT_DATE')"),
    (sources.signals, "from django.db.models.signals import post_save"),
    (sources.signals, "from django.dispatch import receiver"),
    (sources.enqueued, "enqueue('no.such.job', by=by)"),
    (sources.enqueued, "jobs.enqueue('no.such.job', by=by)"),
    (sources.words_in_code, "words = _('La paga del mese')"),
]
INNOCENT = [
    (sources.queries, "rows = selectors.companies(access)"),
    (sources.queries, "user = ModelChoiceField(User.objects.none())"),
    (sources.state_writes, "if row.state == 'done': state = row.state"),
    (sources.todays, "def f(today): return today.year, timezone.localdate(row.decided_at)"),
    (sources.signals, "from django.db import models"),
    (sources.words_in_code, "words = _('Pagamento: la pagina del mese')"),
]


@pytest.mark.parametrize(("rule", "code"), PLANTED)
def test_the_rule_finds_a_planted_violation(rule, code):
    assert list(rule(code))


@pytest.mark.parametrize(("rule", "code"), INNOCENT)
def test_the_rule_leaves_good_code_alone(rule, code):
    assert not list(rule(code))
