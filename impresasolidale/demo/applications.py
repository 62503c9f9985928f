"""Recognitions that companies ask for: a campaign open today, applications in every state, a sitting with its minutes, a suspension, a
pre-notice, a renewal that is due, the year's check. By the services, day by day."""

from datetime import date, time, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from certification.enums import OPEN, CheckedBy, DecidedBy, Level
from certification.models import AgendaItem, Application, Campaign, Certificate, Sitting
from certification.selectors import procedures as procedure_selectors
from certification.selectors.assessment import assess
from certification.selectors.certificates import live
from certification.selectors.schemes import scheme_in_force
from certification.services import applications, assessment, campaigns, checks, commission, procedures, validators, yearly
from companies.hosts.models import Company
from impresasolidale.accounts.access import Access, access_for
from impresasolidale.accounts.models import Membership, User
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import DomainError
from impresasolidale.core.scope import scope
from impresasolidale.territory.calendar import move_working_days
from placements.agreements.readiness import refresh_where
from solidarity_fund.enums import DeliveryWay

from . import names
from .commission import PDF
from .hosts import Hosts, Place
from .users import People
from .world import World, acting_for

WORDS = {
    CheckedBy.DECLARED: "Lo facciamo da quando è arrivata la prima persona.",
    CheckedBy.DOCUMENT: "Il documento è allegato.",
    CheckedBy.INTERVIEW: "Venite a vedere quando volete.",
}


class Story:
    """Each step is done by somebody, on a day."""

    def __init__(self, world: World, people: People, hosts: Hosts) -> None:
        self.world, self.hosts = world, hosts
        first, second = world.districts[0], world.districts[1]
        self.worker = acting_for(people.offices[first.ambito.pk].workers[0], first)
        self.chief = acting_for(people.offices[first.ambito.pk].coordinator, first)
        self.other = acting_for(people.offices[second.ambito.pk].coordinator, second)
        self.password = people.password
        self.steps = 0
        self.contacts: dict[int, Access] = {}

    def act(self, by: Access, on: date, work: Any, /, **values: Any) -> Any:
        self.steps += 1
        with self.world.acting("recognition", self.steps, on=on), scope(by.scope):
            return work(by=by, **values)

    def contact(self, place: Place) -> Access:
        """Who enters the portal for the company; made where nobody does."""
        if place.company.pk not in self.contacts:
            user = place.contact or self._new_contact(place.company)
            self.contacts[place.company.pk] = access_for(user, chosen=f"company:{self.world.network.pk}")
        return self.contacts[place.company.pk]

    def _new_contact(self, company: Company) -> User:
        number = len(self.contacts)
        first, _space, last = (company.representative or "Rita Referente").partition(" ")
        user = User.objects.create(
            public_id=self.world.uuid("recognition contact", number), email=f"referente{number}@example.org", first_name=first,
            last_name=last or "Referente", password=self.password,
        )  # fmt: skip
        Membership.objects.create(
            user=user, role=Role.COMPANY_CONTACT, network=self.world.network, company=company, valid_from=self.world.ago(500)
        )
        return user

    # --- What a company does

    def begin(self, place: Place, on: date) -> Application:
        row: Application = self.act(self.contact(place), on, assessment.begin_application, company=place.company, today=on)
        return row

    def fill(self, place: Place, row: Application, on: date, *, areas: int | None = None, most: bool = True) -> None:
        """Area by area: the best step of each question, or the first one."""
        by = self.contact(place)
        for area in row.scheme.scheme.areas[:areas]:
            asked = [c for c in area.criteria if c.checked_by != CheckedBy.COMPUTED]
            pick = max if most else min
            said = {c.code: (pick(step.points for step in c.steps if step.points), WORDS[CheckedBy(c.checked_by)]) for c in asked}
            self.act(by, on, assessment.save_area, application=row, area=area.code, said=said)
            for c in asked:
                if c.checked_by == CheckedBy.DOCUMENT:
                    file = SimpleUploadedFile("prova.pdf", PDF, "application/pdf")
                    self.act(by, on, assessment.add_proof, application=row, criterion=c.code, file=file, words=", ".join(c.proofs)[:200])

    def present(self, place: Place, on: date, *, most: bool = True) -> Application | None:
        """A whole application for the highest level that its answers reach, or for none."""
        row = self.begin(place, on)
        self.fill(place, row, on, most=most)
        by = self.contact(place)
        with scope(by.scope):
            reached = [rule for rule in assess(by, row, today=on).reached if not rule.validators]
        if not reached:
            return None
        done: Application = self.act(
            by, on, assessment.submit_application, application=row, level=reached[-1].level, signed_by=str(by.actor), law68=True,
            safety=True, today=on,
        )  # fmt: skip
        return done

    # --- What the office does

    def check(self, row: Application, on: date) -> Application:
        with scope(self.worker.scope):
            asked = [one for one in assess(self.worker, row, today=on).asked if one.points and not one.is_computed]
        for one in asked:
            self.act(
                self.worker,
                on,
                checks.review_answer,
                application=row,
                criterion=one.criterion.code,
                verdict="confirmed",
                points=None,
                note="",
            )
        meeting = self.act(
            self.worker, on, checks.plan_interview, application=row, kind="visit", planned_on=on, place="In azienda", today=on
        )
        words = "Abbiamo parlato con il tutor e con i colleghi: chi arriva ha un posto preparato."
        self.act(self.worker, on, checks.hold_interview, interview=meeting, held_on=on, minutes=words, today=on)
        done: Application = self.act(self.worker, on, checks.finish_check, application=row, level=row.level, today=on)
        return done


def create_applications(world: World, people: People, hosts: Hosts) -> None:
    """After the commission's members are there, and the certificates of the office."""
    story = Story(world, people, hosts)
    campaign = _campaign(story)
    free = [place for place in _places(story) if place not in (hosts.known, hosts.bakery)]
    with scope(story.chief.scope):  # with some numbers the office has proposed one of these two
        busy = set(Application.objects.filter(state__in=OPEN).values_list("company", flat=True))
    if hosts.known.company.pk not in busy:
        story.fill(hosts.known, story.begin(hosts.known, world.ago(6)), world.ago(6), areas=1)
    if hosts.bakery is not hosts.known and hosts.bakery.company.pk not in busy:
        story.present(hosts.bakery, world.ago(4))
    taken = iter(free)
    _withdrawn(story, next(taken))
    _half_checked(story, taken)
    _sitting(story, taken)
    _measures(story)
    _yearly(story)
    story.act(story.chief, world.ago(15), campaigns.invite, campaign=campaign, whom="without", today=world.ago(15))
    for district in world.districts:  # whoever presented said again that safety is in order: the start lights tell the day
        office = Access.system(network_id=world.network.pk, ambito_id=district.ambito.pk, reason="seed")
        with world.acting("lights", district.ambito.name, on=world.today), scope(office.scope):
            refresh_where(by=office, today=world.today)


def _campaign(story: Story) -> Campaign:
    world = story.world
    with scope(story.chief.scope):
        scheme = scheme_in_force(story.chief, world.today)
    values = {
        "name": f"Riconoscimenti {world.today.year}",
        "opens_on": world.ago(60),
        "closes_on": world.today + timedelta(days=12),
        "decides_by": world.today + timedelta(days=75),
    }
    row: Campaign = story.act(story.chief, world.ago(61), campaigns.open_campaign, values=values, scheme=scheme)
    return row


def _places(story: Story) -> list[Place]:
    """Hosts that may ask now: with somebody hosted, nothing suspended or asked for; those without a recognition first."""
    world = story.world
    with scope(story.chief.scope):
        busy = set(Application.objects.filter(state__in=["draft", "submitted", "ready"]).values_list("company_id", flat=True))
        held = set(live(world.today).values_list("company_id", flat=True))
        decided = set(Certificate.objects.values_list("company_id", flat=True))
    everywhere = [place for group in story.hosts.places.values() for place in group if place.company.pk not in busy]
    return sorted(everywhere, key=lambda p: (p.company.pk not in held, p.company.pk in decided - held, p.company.pk))


def _withdrawn(story: Story, place: Place) -> None:
    on = story.world.ago(40)
    row = story.begin(place, on)
    story.fill(place, row, on, areas=1, most=False)
    story.act(story.contact(place), story.world.ago(33), assessment.withdraw_application, application=row)


def _half_checked(story: Story, taken: Any) -> None:
    """One answer looked at, a visit next week."""
    world = story.world
    for place in taken:
        if row := story.present(place, world.ago(12)):
            with scope(story.worker.scope):
                asked = [one for one in assess(story.worker, row, today=world.today).asked if one.points and not one.is_computed]
            for one in asked[:1]:
                story.act(
                    story.worker, world.ago(5), checks.review_answer, application=row, criterion=one.criterion.code, verdict="confirmed",
                    points=None, note="",
                )  # fmt: skip
            day = move_working_days(world.today, 4)
            story.act(
                story.worker, world.ago(5), checks.plan_interview, application=row, kind="visit", planned_on=day,
                place="In azienda, con il tutor", today=world.ago(5),
            )  # fmt: skip
            story.act(
                story.worker, world.ago(4), validators.ask_validator, application=row, person="Livia Immaginari",
                body="Consorzio della Valle Immaginaria", partita_iva=names.partita_iva(9_077),
                email="presidenza@consorzio-immaginario.example", now=world.at(world.ago(4)),
            )  # fmt: skip
            return


def _sitting(story: Story, taken: Any) -> None:
    """Two decided: a yes with its recognition, a no that waits for the company's answer; one more waits for the next sitting."""
    world, ready = story.world, []
    for place in taken:
        row = story.present(place, world.ago(50))
        if row and any(rule.level == row.level and rule.decided_by == DecidedBy.COMMISSION for rule in row.scheme.scheme.levels):
            ready.append(story.check(row, world.ago(45)))
        if len(ready) == 3:
            break
    with scope(story.chief.scope):
        held = Membership.objects.filter(role=Role.COMMISSION_MEMBER, network=world.network, comune=None).order_by("id")
        members = [membership.user for membership in held.select_related("user")]
    on = move_working_days(world.ago(30), 1)
    sitting: Sitting = story.act(
        story.chief, world.ago(40), commission.call_sitting, held_on=on, starts_at=time(15), place="Sala riunioni di Palazzo Immaginario",
        president=members[0], today=world.ago(40),
    )  # fmt: skip
    if not ready:
        return
    story.act(story.chief, world.ago(39), commission.put_on_agenda, sitting=sitting, applications=ready[:2])
    sitting = story.act(story.chief, on, commission.open_sitting, sitting=sitting, present=[m.pk for m in members], today=on)
    with scope(story.chief.scope):
        items = list(AgendaItem.objects.filter(sitting=sitting).select_related("sitting", "application").order_by("position"))
    for n, item in enumerate(items):
        for member in members:
            story.act(story.chief, on, commission.cast_vote, item=item, member=member, in_favour=n == 0)
        story.act(
            story.chief, on, commission.decide_case, item=item, today=on,
            reason="Accoglienza continua, tutor formati." if n == 0 else "Non è chiaro chi segue le persone durante la giornata.",
        )  # fmt: skip
    story.act(story.chief, on, commission.close_sitting, sitting=sitting)
    president = access_for(members[0])
    story.act(president, on + timedelta(days=1), commission.approve_minutes, sitting=sitting, today=on + timedelta(days=1))
    if len(items) > 1:
        told = story.world.ago(8)
        made = story.act(
            story.chief, told, procedures.announce_refusal, application=items[1].application, today=told,
            grounds="Nelle due visite nessuno ha saputo dirci chi segue le persone durante la giornata.",
        )  # fmt: skip
        _deliver(story, made, story.world.ago(6))


def _deliver(story: Story, made: Any, on: date) -> None:
    with scope(story.worker.scope):
        paper = procedure_selectors.paper_of(made, "notice")
    file = SimpleUploadedFile("ricevuta.pdf", PDF, "application/pdf")
    story.act(story.worker, on, procedures.record_delivery, paper=paper, on=on, way=DeliveryWay.PEC, file=file, today=on)


def _measures(story: Story) -> None:
    """One suspended for safety at once, with its procedure."""
    with scope(story.chief.scope):
        held = live(story.world.today).filter(state="granted", supersedes=None).exclude(
            company_id__in=[story.hosts.known.company.pk, story.hosts.bakery.company.pk]
        )  # fmt: skip
        row = held.order_by("valid_from", "id").first()
    if row is None:
        return
    on = story.world.ago(9)
    made = story.act(
        story.chief, on, procedures.open_procedure, certificate=row, kind="suspension", reason_class="safety", today=on,
        grounds="Nella visita di controllo mancavano i dispositivi di protezione per chi lavora alla sega.",
    )  # fmt: skip
    _deliver(story, made, story.world.ago(7))


def _yearly(story: Story) -> None:
    """One granted nearly three years ago, that may be renewed; one of last year, asked whether it still welcomes people."""
    world = story.world
    free = iter([place for place in _places(story) if place.company.pk not in {p for p in _held(story)}])
    for days in (1040, 350):
        for place in free:
            on = world.ago(days)
            try:
                row = story.act(story.worker, on, applications.propose_application, company=place.company, today=on)
            except DomainError:
                continue
            after = on + timedelta(days=1)
            story.act(story.chief, after, applications.grant_application, application=row, today=after)
            break
    story.act(story.worker, world.ago(10), yearly.ask_checks, today=world.ago(10))


def _held(story: Story) -> set[int]:
    with scope(story.chief.scope):
        return set(Certificate.objects.exclude(level=Level.ATTESTATO_2015).values_list("company_id", flat=True))
