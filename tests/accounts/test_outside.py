"""The body's own sign-in (OpenID Connect), with a real provider on a port of this machine: who gets in, and each way of not getting in."""

import base64
import html
import json
import re
import time
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from impresasolidale.accounts import oidc
from impresasolidale.accounts.models import Factor, Membership, OutsideIdentity, User
from tests.accounts.test_factors import QUESTION, SECRET, is_in
from tests.conftest import ReadingClient
from tests.factories.beneficiaries import make_beneficiary
from tests.support.provider import CLIENT, Provider
from tests.support.provider import SECRET as CLIENT_SECRET

pytestmark = pytest.mark.django_db
START, AREA = "/accesso/ente/", "/la-mia-area/"


@pytest.fixture(scope="module")
def real():
    it = Provider()
    yield it
    it.close()


@pytest.fixture
def there(real, settings):
    real.bend, real.signs_with, real.header, real.published = lambda claims: claims, real.key, {"alg": "RS256", "kid": "uno"}, [real.key]
    real.claims = {"sub": "s-1", "email": "", "email_verified": True}
    settings.BASE_URL = "http://testserver"
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = real.issuer, CLIENT, CLIENT_SECRET
    oidc._provider.cache_clear()
    oidc._keys.cache_clear()
    return real


def go(client, there, *, start=START, **claims):
    """There and back: the answer of our own address of return."""
    return client.get(there.sign_in(client.get(start)["Location"], **claims))


def refused(answer, words=""):
    assert answer.status_code == 403
    text = html.unescape(answer.content.decode())
    assert "Non sei entrato" in text and words in text
    return True


# --- Who gets in


def test_an_invited_colleague_comes_in_by_the_verified_address_and_then_by_the_subject(client, there, worker):
    assert "Entra con il tuo ente" in client.get("/accesso/").content.decode()
    answer = go(client, there, start=START + "?next=/persone/", email=worker.email.upper())
    assert (answer.status_code, answer["Location"]) == (303, "/persone/") and is_in(client)
    row = OutsideIdentity.objects.get()
    assert (row.user, row.issuer, row.subject) == (worker, there.issuer, "s-1")
    worker.email = "altro@example.org"
    worker.save()
    other = ReadingClient()
    assert go(other, there, email="di.un.altro@example.org").status_code == 303 and is_in(other)  # the subject decides


def test_what_is_asked_of_the_provider(client, there, settings):
    settings.OIDC_ACR_VALUES = "https://www.spid.gov.it/SpidL2"
    said = parse_qs(urlsplit(client.get(START)["Location"]).query)
    assert said["redirect_uri"] == ["http://testserver/accesso/ente/rientro/"] and said["scope"] == ["openid email profile"]
    assert said["acr_values"] == ["https://www.spid.gov.it/SpidL2"]
    assert all(len(said[name][0]) >= 43 for name in ("state", "nonce", "code_challenge"))
    again = parse_qs(urlsplit(client.get(START)["Location"]).query)
    assert all(said[name] != again[name] for name in ("state", "nonce", "code_challenge"))


def test_nobody_is_made_anew(client, there):
    before = User.objects.count()
    refused(go(client, there, email="nessuno@example.org"), "chiedi al coordinatore")
    assert User.objects.count() == before and not OutsideIdentity.objects.exists()


@pytest.mark.parametrize("claims", [{"email_verified": False}, {"email_verified": "true"}, {"email_verified": None}, {"email": None}])
def test_an_address_that_nobody_verified_lets_nobody_in(client, there, worker, claims, settings):
    refused(go(client, there, **{"email": worker.email, **claims}), "chiedi al coordinatore")
    settings.OIDC_TRUST_EMAIL = True  # Entra says no such thing: the body gives out the addresses
    assert (go(client, there, **{"email": worker.email, **claims}).status_code == 303) == ("email" not in claims)


def test_a_closed_access_or_one_without_a_role_stays_outside(client, there, worker, coordinator):
    User.objects.filter(pk=worker.pk).update(is_active=False)
    Membership.objects.filter(user=coordinator).update(valid_to="2020-12-31")
    for user in (worker, coordinator):
        refused(go(client, there, email=user.email))


def test_an_address_that_passed_to_somebody_else_over_there_opens_nothing_of_the_one_before(client, there, worker):
    OutsideIdentity.objects.create(user=worker, issuer=there.issuer, subject="chi c'era prima")
    refused(go(client, there, email=worker.email))


# --- Second factor


@pytest.mark.parametrize(
    ("claims", "is_strong"),
    [
        ({"acr": "https://www.spid.gov.it/SpidL2"}, True), ({"acr": "https://www.spid.gov.it/SpidL1"}, False),
        ({"amr": ["pwd", "mfa"]}, True), ({"amr": ["pwd"]}, False), ({"amr": "mfa"}, False), ({}, False),
    ],
)  # fmt: skip
def test_the_provider_s_own_second_factor_counts_when_the_settings_say_so(client, there, worker, settings, claims, is_strong):
    settings.OIDC_STRONG_ACR, settings.OIDC_STRONG_AMR = ["https://www.spid.gov.it/SpidL2"], ["mfa"]
    Factor.objects.create(user=worker, kind="app", name="telefono", secret=SECRET)
    answer = go(client, there, email=worker.email, **claims)
    assert (answer["Location"] == "/scrivania/", is_in(client)) == (is_strong, is_strong)
    assert is_strong or answer["Location"] == QUESTION


def test_without_the_setting_no_word_of_the_provider_counts(client, there, worker):
    Factor.objects.create(user=worker, kind="app", name="telefono", secret=SECRET)
    assert go(client, there, email=worker.email, amr=["mfa"], acr="https://www.spid.gov.it/SpidL3")["Location"] == QUESTION


# --- Each way of not getting in


def bent(**changes):
    return lambda claims: {name: value for name, value in {**claims, **changes}.items() if value is not ...}


NOW = int(time.time())
WRONG = {
    "another issuer": {"iss": "https://un.altro.example"},
    "no issuer": {"iss": ...},
    "another audience": {"aud": "un-altro"},
    "no audience": {"aud": ...},
    "many audiences and no party": {"aud": [CLIENT, "un-altro"]},
    "another party": {"azp": "un-altro"},
    "another sign-in's nonce": {"nonce": "di un'altra volta"},
    "no nonce": {"nonce": ...},
    "no subject": {"sub": ...},
    "an empty subject": {"sub": ""},
    "a subject that is no text": {"sub": 7},
    "no end": {"exp": ...},
    "an end that is no number": {"exp": "2999-01-01"},
    "no beginning": {"iat": ...},
    "true for a time": {"exp": True},
}


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG.keys())
def test_a_token_that_is_not_for_us_here_and_now_is_not_believed(client, there, worker, changes):
    there.bend = bent(**changes)
    assert refused(go(client, there, email=worker.email), "ricomincia") and not is_in(client)


@pytest.mark.parametrize(
    ("exp", "iat", "good"), [(300, 0, True), (-30, -200, True), (-61, -300, False), (300, 120, False), (300, -700, False)]
)
def test_a_token_of_another_time_is_not_believed(client, there, worker, exp, iat, good):
    """A minute is forgiven to the clocks; a token is good for ten minutes since it was made, whatever it says."""
    there.bend = lambda claims: {**claims, "exp": int(time.time()) + exp, "iat": int(time.time()) + iat}
    assert go(client, there, email=worker.email).status_code == (303 if good else 403)


def test_another_s_signature_none_at_all_or_a_shared_secret_is_not_believed(client, there, worker):
    there.signs_with = RSAKey.generate_key(2048, {"kid": "uno"})
    refused(go(client, there, email=worker.email))
    there.signs_with, there.header = OctKey.import_key(CLIENT_SECRET * 4), {"alg": "HS256", "kid": "uno"}
    refused(go(client, there, email=worker.email))

    def unsigned(claims):
        parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in ({"alg": "none"}, claims)]
        return ".".join([*parts, ""])

    there.bend = unsigned
    refused(go(client, there, email=worker.email))
    there.bend = lambda claims: "niente.di.buono"
    refused(go(client, there, email=worker.email))


def test_a_token_that_was_changed_after_signing_is_not_believed(client, there, worker, coordinator):
    def changed(claims):
        head, _body, mark = jwt.encode(there.header, claims, there.key).split(".")
        body = base64.urlsafe_b64encode(json.dumps({**claims, "email": coordinator.email}).encode()).rstrip(b"=").decode()
        return ".".join((head, body, mark))

    there.bend = changed
    refused(go(client, there, email=worker.email))


def test_a_new_key_of_the_provider_is_asked_for(client, there, worker):
    assert go(client, there, email=worker.email).status_code == 303
    there.signs_with = RSAKey.generate_key(2048, {"kid": "due"})
    there.published, there.header = [there.key, there.signs_with], {"alg": "RS256", "kid": "due"}
    with time_machine.travel(timezone.now()):
        oidc._keys.cache_clear()
        assert go(ReadingClient(), there, email=worker.email).status_code == 303


def test_an_address_of_return_opens_once(client, there, worker):
    back = there.sign_in(client.get(START)["Location"], email=worker.email)
    assert client.get(back).status_code == 303
    refused(client.get(back))
    refused(ReadingClient().get(back))  # another browser never asked


def test_another_s_way_back_does_not_sign_me_in_as_them(client, there, worker, coordinator):
    """Login CSRF: the state is of one browser."""
    theirs = there.sign_in(ReadingClient().get(START)["Location"], email=coordinator.email)
    client.get(START)
    refused(client.get(theirs))
    assert not is_in(client)


@pytest.mark.parametrize(
    "change", [r"state=[^&]+|state=falso", r"state=[^&]+&?|", r"code=[^&]+|code=falso", r"code=[^&]+&?|", r"iss=[^&]+|iss=altro"]
)
def test_a_way_back_that_was_bent_is_refused(client, there, worker, change):
    pattern, _bar, other = change.rpartition("|")
    back = there.sign_in(client.get(START)["Location"], email=worker.email)
    assert refused(client.get(re.sub(pattern, other, back, count=1))) and not is_in(client)


def test_a_code_is_worth_nothing_without_the_verifier_of_this_browser(client, there, worker):
    """PKCE: a code that somebody caught, carried into a sign-in of their own."""
    caught = parse_qs(urlsplit(there.sign_in(ReadingClient().get(START)["Location"], email=worker.email)).query)["code"][0]
    own = there.sign_in(client.get(START)["Location"])
    refused(client.get(re.sub(r"code=[^&]+", f"code={caught}", own)))


def test_who_stops_over_there_or_waits_too_long_is_told(client, there, worker):
    asked = parse_qs(urlsplit(client.get(START)["Location"]).query)
    refused(client.get(f"/accesso/ente/rientro/?error=access_denied&state={asked['state'][0]}"), "si è fermato")
    back = there.sign_in(client.get(START)["Location"], email=worker.email)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        refused(client.get(back))


def test_a_provider_that_does_not_answer_or_is_another_is_said(client, there, settings):
    settings.OIDC_ISSUER = "http://127.0.0.1:9"
    refused(client.get(START), "non risponde")
    settings.OIDC_ISSUER = there.issuer + "/"  # its description names another issuer
    refused(client.get(START), "non riconosciamo")
    settings.OIDC_ISSUER = "http://example.org"  # not over TLS
    refused(client.get(START))


def test_without_a_provider_there_is_no_such_page(client, settings):
    for path in (START, START + "rientro/", START + "uscita/", START + "cittadino/"):
        assert client.get(path).status_code == 404
    assert "Entra con il tuo ente" not in client.get("/accesso/").content.decode()


def test_an_address_elsewhere_is_not_followed(client, there, worker):
    answer = go(client, there, start=START + "?next=https://example.com/", email=worker.email)
    assert answer["Location"] == "/scrivania/"


# --- The way out


def test_who_came_in_from_outside_is_shown_the_way_out_over_there(client, there, worker):
    go(client, there, email=worker.email)
    answer = client.post("/accesso/esci/")
    assert answer["Location"] == START + "uscita/" and not is_in(client)
    assert f"{there.issuer}/leave?client_id={CLIENT}" in client.get(answer["Location"]).content.decode()


# --- The area of the person


@pytest.fixture
def door(there, settings):
    settings.IDENTITY_DOOR = "impresasolidale.accounts.identity.OpenId"
    return there


LEVEL = {"acr": "https://www.spid.gov.it/SpidL2"}


def test_a_person_opens_her_area_with_the_codice_fiscale_of_the_provider(client, door, within, worker):
    person = make_beneficiary(within(worker))
    first = client.get(AREA + "entra/")
    assert first["Location"] == START + "cittadino/"
    back = door.sign_in(client.get(first["Location"])["Location"], fiscal_number=f"TINIT-{person.codice_fiscale}", email=None, **LEVEL)
    entered = client.get(client.get(back)["Location"])
    assert (entered.status_code, entered["Location"]) == (303, AREA)
    assert person.first_name in client.get(AREA).content.decode()
    assert not is_in(client)  # an area is no user


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"acr": "https://www.spid.gov.it/SpidL1"}, "livello 2"),
        ({"acr": None}, "livello 2"),
        ({**LEVEL, "fiscal_number": None}, "codice fiscale"),
    ],
)
def test_a_low_level_or_no_code_opens_no_area(client, door, within, worker, claims, words):
    person = make_beneficiary(within(worker))
    refused(go(client, door, start=START + "cittadino/", **{"fiscal_number": f"TINIT-{person.codice_fiscale}", **claims}), words)


def test_what_the_provider_said_of_a_citizen_is_read_once_and_soon(client, door, within, worker):
    person = make_beneficiary(within(worker))
    enter = go(client, door, start=START + "cittadino/", fiscal_number=f"TINIT-{person.codice_fiscale}", **LEVEL)["Location"]
    assert person.codice_fiscale not in json.dumps(dict(client.session), default=str)  # nor in the table of sessions, in the clear
    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        assert client.get(enter)["Location"] == START + "cittadino/"
