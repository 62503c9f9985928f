"""A placement with goals to evaluate, and answers given through the services."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import User
from impresasolidale.core.models import Document
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Ambito
from placements.agreements.enums import ProjectState
from placements.agreements.models import Goal, PersonalProject, Placement
from placements.monitoring.evaluation_enums import Given, Voice
from placements.monitoring.evaluation_questions import BASE
from placements.monitoring.models import Evaluation
from placements.monitoring.services import evaluations as services
from tests.factories import attendance as made
from tests.factories.agreements import GOALS


def placed(access: Access, number: int = 1, starts_on: date | None = None) -> Placement:
    """A placement that runs, whose project in force has three goals; the access's user follows the person."""
    ambito = Ambito.objects.get(pk=access.ambito_id)
    company = made.make_host(ambito, number=number)
    tutor, _user = made.make_tutor(ambito, company)
    starts_on = starts_on or timezone.localdate() - timedelta(days=30)
    running = made.make_running_placement(
        ambito, tutor, company, number=number, starts_on=starts_on, ends_on=starts_on + timedelta(days=180), planned=False
    )
    made.follow(access.actor, running)
    with scope(access.scope):
        project = running.projects.get()
        paper = Document.objects.create(
            ambito=ambito, kind="agreements.personal_project", kind_label="Progetto", number=f"2026/{number}", subject_type="x",
            subject_id=1, template="x", context={}, context_hash="x", issued_on=starts_on,
        )  # fmt: skip
        for state in (ProjectState.TO_SIGN, ProjectState.EFFECTIVE):
            PersonalProject.objects.filter(pk=project.pk).update(state=state, document=paper)
        Goal.objects.bulk_create(Goal(ambito=ambito, project=project, position=n, text=text) for n, text in enumerate(GOALS, 1))
    return running


def inside(access: Access, make: Callable[[], Any]) -> Any:
    with scope(access.scope):
        return make()


def all_of(value: int | None) -> dict[str, int | None]:
    return {item.code: value for item in BASE.items}


def tutor_of(access: Access, placement: Placement) -> User:
    return inside(access, lambda: Placement.objects.select_related("company_tutor__user").get(pk=placement.pk).company_tutor.user)


def link_to(row: Evaluation, access: Access) -> str:
    with scope(access.scope):
        row = Evaluation.objects.select_related("placement__rulebook").get(pk=row.pk)
        return services.new_link(row, now=timezone.now())


def open_link(row: Evaluation, access: Access) -> tuple[Client, Any]:
    client = Client()
    response = client.get(reverse("my_evaluation:door", args=[link_to(row, access)]))
    return client, response


def give(access: Access, row: Evaluation, value: int | None = 3, **more: Any) -> Evaluation:
    with scope(access.scope):
        how = {"how": Given.OFFICE if row.voice == Voice.OFFICE else Given.TABLET, **more}
        return services.give(evaluation=row, answers=all_of(value), by=access, today=timezone.localdate(), **how)
