"""The guide in the product: read by everybody, and "Aiuto" leads from a screen to what explains it."""

import pytest
from django.urls import reverse

from impresasolidale.accounts.permissions import Role
from tests.factories.fixtures import make_user


def test_anybody_reads_the_guide(client, db):
    page = client.get("/guida/fondo/").content.decode()
    assert "<h1>Il fondo di solidarietà</h1>" in page
    assert '<h2 id="la-commissione">La commissione</h2>' in page
    assert page.count('href="#la-commissione"') == 2  # beside the text, and folded above it
    assert 'href="/guida/"' in page


def test_the_contents_lead_to_the_pages_and_a_table_becomes_cards_on_a_phone(client, db):
    page = client.get("/guida/").content.decode()
    assert 'href="/guida/la-mia-giornata/"' in page
    assert '<th scope="row">tutor aziendale</th>\n<td data-label="leggi"><a href="/guida/tutor-aziendale/">' in page


def test_what_comes_with_the_sources_alone_is_no_link(client, db):
    page = client.get("/guida/chi-amministra/").content.decode()
    assert "<span>Roles and permissions</span>" in page and "permissions.md" not in page


@pytest.mark.parametrize("page", ["nessuna", "..", "readme"])
def test_no_other_page_is_read(client, db, page):
    assert client.get(f"/guida/{page}/").status_code == 404


@pytest.mark.parametrize(
    ("role", "path", "where"),
    [
        (Role.SOCIAL_WORKER, "/da-fare/", "/guida/la-mia-giornata/"),
        (Role.SOCIAL_WORKER, "/persone/attesa/", "/guida/persone/#la-lista-dattesa"),
        (Role.COORDINATOR, "/scambi/esportazioni/", "/guida/scambi/#esportazioni"),
        (Role.DPO, "/protezione-dei-dati/violazioni/", "/guida/protezione-dei-dati/#una-violazione-di-dati"),
    ],
)
def test_help_leads_to_what_explains_the_screen(signed_in, sondrio, role, path, where):
    page = signed_in(make_user(role, sondrio)).get(path).content.decode()
    assert f'<a class="help-link" href="{where}">' in page


def test_help_where_one_signs_in_and_none_where_the_site_speaks_to_everybody(client, db):
    assert 'href="/guida/accesso/#entrare"' in client.get(reverse("accounts:sign_in")).content.decode()
    home = client.get("/").content.decode()
    assert "help-link" not in home
    assert 'href="/guida/"' in home  # at the foot of the page
