"""A certificate as an Open Badge: public only while the tutor agrees, and nothing of the person but a hash."""

import hashlib
import json

import pytest
from django.urls import reverse
from django.utils import timezone

from impresasolidale.core.models import Document, Verification
from impresasolidale.core.rendering import render_document
from tests.factories.hosts import make_company, make_tutor
from tests.factories.training import train

pytestmark = pytest.mark.django_db


@pytest.fixture
def access(worker, within):
    return within(worker)


@pytest.fixture
def tutor(access):
    return make_tutor(access, make_company(access), last_name="Verdeprova")


@pytest.fixture
def enrolment(access, tutor):
    row = train(access, tutor, timezone.localdate())
    render_document(Document.objects.get(subject_id=row.pk).pk)
    return row


@pytest.fixture
def code(enrolment):
    return Verification.objects.get(document_id=Document.objects.get(subject_id=enrolment.pk).pk).code


def path_of(address):
    return "/" + address.partition("://")[2].partition("/")[2]


def test_a_badge_is_public_while_its_tutor_agrees(client, signed_in, tutor, enrolment, code):
    url = reverse("website:badge", args=[code])
    assert client.get(url).status_code == 404, "nobody asked for it"
    course = reverse("website:badge_class", args=[enrolment.edition.course.public_id])
    assert client.get(course).status_code == 404
    me, agree = signed_in(tutor.user), reverse("courses:badge", args=[enrolment.edition.public_id])
    assert me.post(agree, {"agrees": "yes"}).status_code == 303
    answer = client.get(url)
    said = answer.json()
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert (said["@context"], said["type"], said["verification"]) == ("https://w3id.org/openbadges/v2", "Assertion", {"type": "hosted"})
    assert path_of(said["id"]) == url and path_of(said["evidence"]["id"]) == reverse("website:verified", args=[code])
    hashed = hashlib.sha256((tutor.email + said["recipient"]["salt"]).encode()).hexdigest()
    assert said["recipient"] == {"type": "email", "hashed": True, "salt": code, "identity": f"sha256${hashed}"}
    assert tutor.last_name not in json.dumps(said) and tutor.email not in json.dumps(said)
    badge = client.get(path_of(said["badge"])).json()
    assert badge["type"] == "BadgeClass" and badge["name"] == "Tutor in impresa" and badge["id"] == said["badge"]
    issuer = client.get(path_of(badge["issuer"])).json()
    assert issuer["type"] == "Issuer" and issuer["id"] == badge["issuer"]
    assert me.post(agree, {"agrees": "no"}).status_code == 303
    assert client.get(url).status_code == 404 and client.get(course).status_code == 404


def test_only_a_certificate_has_a_badge(signed_in, access, tutor):
    row = train(access, tutor, timezone.localdate(), minutes=60)
    answer = signed_in(tutor.user).post(reverse("courses:badge", args=[row.edition.public_id]), {"agrees": "yes"}, follow=True)
    row.refresh_from_db()
    assert row.badge_agreed_at is None and "quando c&#x27;è l&#x27;attestato" in answer.content.decode()


def test_codes_are_not_guessed(client, db):
    for n in range(10):
        assert client.get(reverse("website:badge", args=["ABCDEFGH"[n % 8] * 26])).status_code == 404
    assert client.get(reverse("website:badge", args=["A" * 26])).status_code == 429
    assert client.get(reverse("website:issuer", args=["nessuna"])).status_code == 404
