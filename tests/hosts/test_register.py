"""The register in full: official activities, codes, contacts, sites that close, lists to download."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from companies.hosts import ateco, selectors, services
from companies.hosts.enums import ContactRole, Facility
from companies.hosts.models import Company, Contact, Opening, Site
from companies.hosts.rules import point_of, same_name
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Fact, Look
from placements.matching import enums as matching
from tests.factories.hosts import make_company, make_partita_iva, make_site, make_tutor

pytestmark = pytest.mark.django_db
GOOD = make_partita_iva(7101)


def company_page(**changes):
    return {
        "name": "Segheria Valbosco", "kind": "firm", "partita_iva": GOOD, "address": "Via dei Larici 4", "comune": "Chiavenna",
        "staff_count": "12", "site_name": "Piazzale", **changes,
    }  # fmt: skip


def url_of(name, company, *rows):
    return reverse(f"hosts:{name}", args=[company.public_id, *(row.public_id for row in rows)])


def text_of(response):
    return response.content.decode()


# --- Activities


def test_the_table_is_the_whole_of_istat_s():
    titles = ateco.titles()
    assert len(titles) == 3235 and len([code for code in titles if len(code) == 2]) == 87
    assert titles["01"] == "Produzioni vegetali e animali, caccia e servizi connessi"
    assert ateco.label("16.11") == "16.11 Taglio e piallatura del legno"
    assert ateco.label("99.99.99") == "99.99.99", "a code of an earlier edition stays alone"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("16", "16"), ("16.11", "16.11"), ("1611", "16.11"), (" 16.11.00 ", "16.11.00"), ("161100", "16.11.00"),
        ("16.11 Taglio e piallatura del legno", "16.11"), ("96.01", ""), ("legno", ""), ("", ""), ("1234567", ""),
    ],
)  # fmt: skip
def test_a_code_is_read_as_people_write_it(typed, code):
    assert ateco.find(typed) == code


def test_activities_are_found_by_code_and_by_words():
    assert ateco.search("16.1")[0].startswith("16.1 ")
    assert ateco.search("PIALLATURA legno")[0].startswith("16.1 Taglio")
    assert ateco.search("caffe") and ateco.search("zzz") == [] and ateco.search("") == []


def test_the_page_suggests_activities_to_who_is_signed_in(signed_in, client, worker):
    url = reverse("hosts:ateco")
    assert client.get(url, {"q": "16"}).status_code == 302
    answer = text_of(signed_in(worker).get(url, {"q": "piallatura"}))
    assert answer.startswith('<option value="16.1 Taglio')


# --- The company's own columns


def test_the_whole_register_is_written_and_shown(signed_in, worker, within):
    client = signed_in(worker)
    response = client.post(
        reverse("hosts:new"),
        company_page(
            legal_form="srl", ateco="16.11 Taglio e piallatura del legno", sdi_code="a1b2c3d", law68_position="covered",
            law68_declared_on="2026-05-04", associations=["confartigianato", "cna"], welcomes_disability="on", representative="Ivo Larice",
        ),
    )  # fmt: skip
    assert response.status_code == 303
    within(worker)
    row = Company.objects.get()
    assert (row.legal_form, row.ateco, row.sdi_code, row.law68_position) == ("srl", "16.11", "A1B2C3D", "covered")
    assert (row.associations, row.welcomes_disability) == (["confartigianato", "cna"], True)
    page = text_of(client.get(response["Location"]))
    for words in ("16.11 Taglio e piallatura del legno", "Confartigianato, CNA", "A1B2C3D", "è obbligata e in regola"):
        assert words in page, words
    assert "Accoglie persone con disabilità" in page
    assert client.get(url_of("edit", row)).context["form"].initial["ateco"] == "16.11 Taglio e piallatura del legno"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ateco": "96.01"}, "elenco ATECO 2025 non c"),
        ({"ateco": "piallatura"}, "Scegli una di queste attività"),
        ({"sdi_code": "A1B2C3"}, "ha 7 caratteri: qui ce ne sono 6"),
        ({"sdi_code": "A1B2C3!"}, "fatto di lettere e cifre"),
        ({"sdi_code": "A1B2C3D", "kind": "public_body"}, "ha 6 caratteri: qui ce ne sono 7"),
        ({"pec": "non è una posta"}, "indirizzo"),
        ({"associations": ["bocciofila"]}, "bocciofila"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(signed_in, worker, within, changes, words):
    response = signed_in(worker).post(reverse("hosts:new"), company_page(**changes))
    assert response.status_code == 422 and words in text_of(response)
    assert "Via dei Larici 4" in text_of(response)
    within(worker)
    assert not Company.objects.exists()


def test_a_code_of_an_earlier_edition_stays_until_somebody_knows_the_new_one(signed_in, worker, within):
    company = make_company(within(worker), ateco="96.01")
    values = company_page(partita_iva=company.partita_iva, row_version=1, ateco="96.01")
    assert signed_in(worker).post(url_of("edit", company), values).status_code == 303
    company.refresh_from_db()
    assert company.ateco == "96.01"


def test_companies_are_filtered_by_association_and_by_the_mark(signed_in, worker, within):
    access = within(worker)
    make_company(access, name="Orto del Ponte", associations=["coldiretti"])
    make_company(access, name="Segheria Nodo", welcomes_disability=True)
    client = signed_in(worker)

    def names(**query):
        return [row.name for row in client.get(reverse("hosts:list"), query).context["rows"]]

    assert names(association="coldiretti") == ["Orto del Ponte"]
    assert names(welcoming="on") == ["Segheria Nodo"]


# --- Contacts


def contact_page(**changes):
    return {
        "first_name": "Olga", "last_name": "Larice", "email": "Olga@Example.org", "roles": ["owner", "safety"], "valid_from": "2026-01-07",
        **changes,
    }  # fmt: skip


def test_a_contact_is_written_edited_and_ended(signed_in, worker, within):
    company = make_company(within(worker))
    client = signed_in(worker)
    assert client.post(url_of("new_contact", company), contact_page()).status_code == 303
    within(worker)
    row = Contact.objects.get()
    assert (row.email, row.roles) == ("olga@example.org", [ContactRole.OWNER, ContactRole.SAFETY])
    page = text_of(client.get(url_of("detail", company)))
    assert "Titolare, sicurezza (RSPP)" in page and "mailto:olga@example.org" in page
    edit = url_of("edit_contact", company, row)
    assert client.post(edit, contact_page(phone="0342 1", row_version=1)).status_code == 303
    assert client.post(edit, contact_page(phone="0342 2", row_version=1)).status_code == 409
    today = timezone.localdate()
    end = url_of("end_contact", company, row)
    assert "viene prima di quella di inizio" in text_of(client.post(end, {"on": "2025-01-01"}))
    assert client.post(end, {"on": today - timedelta(days=1)}).status_code == 303
    assert "mailto:olga@example.org" not in text_of(client.get(url_of("detail", company)))
    assert "La fine è già scritta" in text_of(client.post(end, {"on": today}))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"email": "", "phone": ""}, "posta o telefono"),
        ({"email": "olga@example.org"}, "è già di Bea Prova"),
        ({"roles": ["king"]}, "king"),
        ({"first_name": ""}, "obbligatorio"),
        ({"valid_from": ""}, "obbligatorio"),
    ],
)
def test_a_contact_that_cannot_be_is_refused(signed_in, worker, within, changes, words):
    access = within(worker)
    company = make_company(access)
    services.add_contact(
        company=company, first_name="Bea", last_name="Prova", email="olga@example.org", valid_from=date(2026, 1, 1), by=access,
        today=timezone.localdate(),
    )  # fmt: skip
    response = signed_in(worker).post(url_of("new_contact", company), contact_page(**{"email": "x@example.org", **changes}))
    assert response.status_code == 422 and words in text_of(response)
    within(worker)
    assert Contact.objects.count() == 1
    with pytest.raises(IntegrityError, match="hosts_contact_reachable"), transaction.atomic():
        Contact.objects.filter(company=company).update(email="", phone="")


def test_who_signs_is_never_typed_twice(signed_in, worker, within):
    company = make_company(within(worker), representative="Olga Larice")
    client = signed_in(worker)
    assert "?firma=1" in text_of(client.get(url_of("detail", company)))
    form = client.get(url_of("new_contact", company) + "?firma=1").context["form"]
    assert (form.initial["first_name"], form.initial["last_name"], form.initial["signs"]) == ("Olga", "Larice", True)
    client.post(url_of("new_contact", company), contact_page())
    page = client.get(url_of("detail", company))
    assert page.context["signatory_known"] and "?firma=1" not in text_of(page)
    within(worker)
    row = Contact.objects.get()
    assert client.get(url_of("edit_contact", company, row)).context["form"].initial["signs"]
    client.post(url_of("edit_contact", company, row), contact_page(last_name="Abete", signs="on", row_version=1))
    company.refresh_from_db()
    assert (company.representative, company.row_version) == ("Olga Abete", 2)
    assert "legale rappresentante" in text_of(client.get(url_of("end_contact", company, row)))


def test_a_tutor_who_is_also_to_be_asked_is_not_typed_again(signed_in, worker, within):
    access = within(worker)
    company = make_company(access)
    tutor = make_tutor(access, company, first_name="Ivo", last_name="Larice", email="ivo@example.org")
    client = signed_in(worker)
    form = client.get(url_of("new_contact", company) + f"?tutor={tutor.public_id}").context["form"]
    assert (form.initial["first_name"], form.initial["email"]) == ("Ivo", "ivo@example.org")
    assert client.get(url_of("new_contact", company) + "?tutor=cut").status_code == 200


def test_a_contact_is_invited_without_typing_it_again(signed_in, worker, within):
    access = within(worker)
    company = make_company(access)
    contact = services.add_contact(
        company=company, first_name="Bea", last_name="Prova", email="bea@example.org", valid_from=date(2026, 1, 1), by=access,
        today=timezone.localdate(),
    )  # fmt: skip
    client = signed_in(worker)
    url = url_of("contact_invite", company)
    assert client.get(f"{url}?recapito={contact.public_id}").context["form"].initial["email"] == "bea@example.org"
    assert client.post(url, {"first_name": "Bea", "last_name": "Prova", "email": "bea@example.org"}).status_code == 303
    page = client.get(url_of("detail", company))
    assert "invito mandato" in text_of(page) and page.context["others"] == []


# --- Sites


def site_page(**changes):
    return {"name": "Laboratorio", "address": "Via Prova 9", "comune": "Sondrio", **changes}


def test_a_site_says_how_to_get_there_and_in(signed_in, worker, within):
    company = make_company(within(worker))
    client = signed_in(worker)
    values = site_page(
        bus_line="Linea 2", bus_stop="Stazione", bus_hours="7.48", facilities=["step_free", "loop"], point="46,16989 9,87134"
    )
    assert client.post(url_of("new_site", company), values).status_code == 303
    within(worker)
    row = Site.objects.get()
    assert (row.facilities, row.latitude, row.longitude) == ([Facility.STEP_FREE, Facility.LOOP], Decimal("46.16989"), Decimal("9.87134"))
    page = text_of(client.get(url_of("detail", company)))
    assert "Linea 2 · Stazione · 7.48" in page and "nessun gradino, impianto per chi sente poco" in page and "46.16989, 9.87134" in page
    edit = url_of("edit_site", company, row)
    assert client.get(edit).context["form"].initial["point"] == "46.16989, 9.87134"
    assert client.post(edit, site_page(name="Officina", row_version=1)).status_code == 303
    assert client.post(edit, site_page(name="Altro", row_version=1)).status_code == 409
    row.refresh_from_db()
    assert (row.name, row.latitude, row.bus_line, row.row_version) == ("Officina", None, "", 2)


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("46.16989, 9.87134", (Decimal("46.16989"), Decimal("9.87134"))),
        ("46,16989 9,87134", (Decimal("46.16989"), Decimal("9.87134"))),
        ("46,16989; 9,87134", (Decimal("46.16989"), Decimal("9.87134"))),
        ("9.87134, 46.16989", None), ("46.16989", None), ("Sondrio", None), ("0, 0", None), ("1 2 3", None),
    ],
)  # fmt: skip
def test_a_point_is_a_place_of_italy(text, point):
    assert point_of(text) == point


def test_a_wrong_point_is_said(signed_in, worker, within):
    company = make_company(within(worker))
    response = signed_in(worker).post(url_of("new_site", company), site_page(point="9.87, 46.16"))
    assert response.status_code == 422 and "un posto in Italia" in text_of(response)


def test_a_site_closes_and_opens_again(signed_in, worker, within):
    access = within(worker)
    company = make_company(access)
    site = make_site(access, company)
    today = timezone.localdate()
    services.declare_places(company=company, site=site, places=2, starts_on=today - timedelta(days=9), by=access)
    client = signed_in(worker)
    url = url_of("close_site", company, site)
    assert client.post(url, {"on": today, "reason": ""}).status_code == 422
    assert client.post(url, {"on": today, "reason": "trasloco"}).status_code == 303
    within(worker)
    assert Opening.objects.get().ends_on == today
    assert "fino al" in text_of(client.get(url_of("detail", company)))
    assert "già chiusa" in text_of(client.post(url, {"on": today, "reason": "ancora"}))
    tomorrow = today + timedelta(days=1)
    access = within(worker)
    assert list(selectors.open_sites_of(access, company, today)) == [site] and not selectors.open_sites_of(access, company, tomorrow)
    refused = client.post(url_of("new_places", company), {"site": site.pk, "places": 1, "starts_on": tomorrow})
    assert refused.status_code == 422 and "Questa sede chiude il" in text_of(refused)
    assert client.post(url_of("reopen_site", company, site)).status_code == 303
    site.refresh_from_db()
    assert site.closed_on is None
    codes = set(Fact.objects.filter(subject_id=site.pk).values_list("code", flat=True))
    assert {"hosts.site.closed", "hosts.site.reopened"} <= codes
    with pytest.raises(IntegrityError, match="hosts_site_closed_why"), transaction.atomic():
        Site.objects.filter(pk=site.pk).update(closed_on=today)


# --- Lists to download


def test_the_lists_are_files_with_what_the_screen_shows(signed_in, worker, within):
    access = within(worker)
    company = make_company(access, name="Orto del Ponte", ateco="01.13", associations=["coldiretti"], kind="farm")
    make_company(access, name="Segheria Nodo")
    make_tutor(access, company, first_name="Ivo", last_name="Larice")
    client = signed_in(worker)
    rows = b"".join(client.get(reverse("hosts:file", args=["csv"]), {"kind": "farm"}).streaming_content).decode().splitlines()
    assert len(rows) == 2 and "Orto del Ponte" in rows[1] and "01.13 Coltivazione di ortaggi" in rows[1] and "Coldiretti" in rows[1]
    tutors = b"".join(client.get(reverse("hosts:tutors_file", args=["csv"])).streaming_content).decode().splitlines()
    assert len(tutors) == 2 and tutors[1].startswith("Larice;Ivo")
    for name in ("file", "tutors_file"):
        book = client.get(reverse(f"hosts:{name}", args=["xlsx"]))
        assert book.status_code == 200 and book.content[:2] == b"PK"
        assert client.get(reverse(f"hosts:{name}", args=["pdf"])).status_code == 404
    assert Look.objects.filter(kind=Look.Kind.EXPORT, place="hosts:list", subject_ids__contains=[company.pk]).exists()
    assert Look.objects.filter(kind=Look.Kind.EXPORT, place="hosts:tutors").exists()


def test_tutors_are_listed_by_name_with_as_many_queries(signed_in, worker, within):
    access = within(worker)
    company = make_company(access, name="Orto del Ponte")
    make_tutor(access, company, with_user=False, first_name="Ivo", last_name="Larice")
    client, url = signed_in(worker), reverse("hosts:tutors")
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    for _n in range(5):
        make_tutor(access, make_company(access), with_user=False)
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(one) == len(many)
    assert [row.last_name for row in client.get(url, {"q": "lar ponte"}).context["rows"]] == ["Larice"]
    assert client.get(url, {"q": "zzz"}).context["rows"] == []


def test_who_may(signed_in, user_of, sondrio, worker, within):
    access = within(worker)
    company = make_company(access)
    site = make_site(access, company)
    looking = signed_in(user_of(Role.PROMOTER_TUTOR, sondrio))
    assert looking.get(reverse("hosts:tutors")).status_code == 200
    for url in (url_of("new_contact", company), url_of("edit_site", company, site), url_of("close_site", company, site)):
        assert looking.get(url).status_code == 403
    assert looking.post(url_of("reopen_site", company, site)).status_code == 403
    other = make_site(access, make_company(access))
    assert signed_in(worker).get(url_of("edit_site", company, other)).status_code == 404
    assert signed_in(user_of(Role.DPO, sondrio)).get(reverse("hosts:file", args=["csv"])).status_code == 403


def test_what_a_site_has_is_named_as_what_a_person_needs():
    shared = dict(Facility.choices)
    assert {code: shared[code] for code in matching.Facility.values} == dict(matching.Facility.choices)


def test_names_in_another_order_are_one():
    assert same_name("olga larice", "larice olga") and not same_name("olga larice", "olga") and not same_name("", "olga")
