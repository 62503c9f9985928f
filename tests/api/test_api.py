"""The API's door: tokens, scope, problem details, schema."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from companies.hosts.models import Company
from impresasolidale.accounts.access import hash_token
from impresasolidale.accounts.models import ApiToken
from impresasolidale.accounts.scopes import SCOPES
from tests.factories.hosts import make_company

pytestmark = pytest.mark.django_db
COMPANIES = "/api/v1/companies/"


@pytest.fixture
def token(worker, sondrio):
    return ApiToken.objects.create(
        user=worker,
        name="prova",
        token_hash=hash_token("segreto"),
        ambito=sondrio,
        scopes=[*SCOPES],
        expires_at=timezone.now() + timedelta(days=1),
    )


def get(client, path=COMPANIES, token="segreto"):
    return client.get(path, headers={"Authorization": f"Bearer {token}"})


def test_a_token_reads_companies_by_pages(client, token, within, worker):
    company = make_company(within(worker))
    body = get(client).json()
    assert [r["id"] for r in body["results"]] == [str(company.public_id)] and set(body) == {"next", "previous", "results"}
    one = get(client, f"{COMPANIES}{company.public_id}/").json()
    assert one["partita_iva"] == company.partita_iva and "network" not in one


def test_the_id_of_a_company_that_was_merged_leads_to_the_one_that_stays(client, token, within, worker):
    access = within(worker)
    keep, drop = make_company(access), make_company(access)
    Company.objects.filter(pk=drop.pk).update(merged_into=keep)
    answer = get(client, f"{COMPANIES}{drop.public_id}/")
    assert (answer.status_code, answer["Location"]) == (303, f"{COMPANIES}{keep.public_id}/")
    assert get(client, answer["Location"]).json()["id"] == str(keep.public_id)


@pytest.mark.parametrize("change", [{"expires_at": timezone.now() - timedelta(seconds=1)}, {"revoked_at": timezone.now()}])
def test_an_expired_or_revoked_token_is_refused_as_a_problem(client, token, change):
    ApiToken.objects.update(**change)
    response = get(client)
    assert response.status_code == 401
    assert response["Content-Type"] == "application/problem+json" and response.json()["status"] == 401


def test_no_token_no_answer(client, token, signed_in, worker):
    assert client.get(COMPANIES).status_code == 401
    assert get(client, token="altro").status_code == 401
    assert signed_in(worker).get(COMPANIES).status_code == 401, "a browser session is not a token"


def test_a_token_does_not_outlive_the_membership(client, token, worker):
    worker.memberships.update(valid_to="2020-12-31")
    assert get(client).status_code == 401


def test_an_id_nobody_has_is_a_problem_with_404(client, token):
    response = get(client, f"{COMPANIES}00000000-0000-4000-8000-000000000000/")
    assert response.status_code == 404 and response["Content-Type"] == "application/problem+json"


def test_the_schema_is_openapi_3_1_and_the_viewer_is_ours(client):
    schema = client.get("/api/schema/", headers={"Accept": "application/vnd.oai.openapi+json"}).json()
    assert schema["openapi"].startswith("3.1") and "/api/v1/companies/" in schema["paths"]
    page = client.get("/api/docs/").content.decode()
    assert "http://" not in page.replace("http://testserver", "") and "https://" not in page
    assert "<style" not in page and "?script=" in page, "nothing inline: the policy would not let it"


def test_a_key_is_made_by_command_and_opens_the_api(client, worker, sondrio, capsys):
    call_command("create_api_token", worker.email, "Sondrio", "--days", "30")
    key = capsys.readouterr().out.strip()
    assert get(client, token=key).status_code == 200
    assert ApiToken.objects.get().token_hash != key


@pytest.mark.parametrize("words", [["nessuno@example.org", "Sondrio"], ["me", "Tirano"], ["me", "Sondrio", "--days", "0"]])
def test_a_key_that_would_open_nothing_is_not_made(worker, words):
    with pytest.raises(CommandError):
        call_command("create_api_token", *[worker.email if w == "me" else w for w in words])
    assert not ApiToken.objects.exists()
