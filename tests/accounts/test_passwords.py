"""Which passwords are taken: long ones that nobody guesses from lists, names and neighbouring keys."""

import gzip
import random

import pytest
from django.contrib.auth import password_validation
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from impresasolidale.accounts import passwords
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Role
from impresasolidale.settings import base
from tests.accounts.test_sign_in import PASSWORD
from tests.factories.fixtures import make_user
from tests.factories.hosts import make_company

pytestmark = pytest.mark.django_db
CURRENT = {"current": PASSWORD}


@pytest.fixture
def guessed_alone():
    return passwords.GuessedValidator()


def refusal(password, user=None):
    try:
        password_validation.validate_password(password, user)
    except ValidationError as error:
        return {each.code for each in error.error_list}
    return set()


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword", "password12345678", "Password2026!!!!", "P4ssw0rdP4ssw0rd", "qwertyuiopasdfgh", "1q2w3e4r5t6y7u8i9o",
        "aaaaaaaaaaaaaaaa",
        "123456789123456789", "abcdefghijklmnopq", "juventusjuventus", "ciaociaociaociao", "amoremioamoremio", "manchesterunited",
        "impresasolidale2026", "Impresasolidale!1", "tirociniotirocinio", "benvenuto2026!!!",
    ],
)  # fmt: skip
def test_what_is_guessed_is_refused(password):
    assert "password_guessed" in refusal(password)


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD, "altra frase lunga davvero", "il mio cane si chiama fido", "la montagna incantata 1924", "qT7#vv9Lm2$kP0zW",
        "però così è più lunga", "正確な馬の電池のホチキス留めです",
    ],
)  # fmt: skip
def test_what_nobody_guesses_is_taken(password, worker):
    assert refusal(password, worker) == set()


def test_words_of_the_user_and_of_the_place_are_no_password(worker, sondrio, within):
    worker.first_name, worker.last_name = "Guendalina", "Sertorelli"
    worker.save()
    network = sondrio.network.name.split()[-1].lower()
    for password in ("guendalinasertorelli", "Sertorelli.Sertorelli", "SondrioSondrio2026", f"{network}{network}2026", "sondrio-sondrio-1"):
        assert "password_guessed" in refusal(password, worker), password
    assert refusal("guendalinasertorelli") == set(), "of nobody in particular it is not known"
    company = make_company(within(worker), name="Segheria Valbosco")
    contact = make_user(Role.COMPANY_CONTACT, None, company=company)
    assert "password_guessed" in refusal("valboscovalbosco1", contact)


def test_the_page_says_why_and_keeps_the_password_of_before(signed_in, worker):
    said = {**CURRENT, "password": "passwordpassword", "again": "passwordpassword"}
    answer = signed_in(worker).post("/accesso/il-mio/password/", said)
    assert answer.status_code == 422 and "si indovina" in answer.content.decode()
    assert User.objects.get(pk=worker.pk).check_password(PASSWORD)


def common():
    """Django's list, in no order of its own."""
    return sorted(CommonPasswordValidator().passwords)


def test_hardly_one_of_django_s_list_is_as_long_as_ours_must_be():
    """Why the list alone is no answer to ASVS 6.2.4, which asks for three thousand that fit the policy."""
    known = common()
    assert len(known) > 19_000 and len([word for word in known if len(word) >= 15]) < 60


WAYS = (
    lambda word: word * (15 // len(word) + 1),
    lambda word: (word + "123456789012345")[: max(15, len(word) + 3)],
    lambda word: word.capitalize() + "2026" + "!" * max(0, 11 - len(word)),
    lambda word: (word + word[::-1]) * 2,
)


@pytest.mark.parametrize("count", [60, pytest.param(3000, marks=pytest.mark.deep)])
def test_what_people_make_of_common_words_to_reach_fifteen_is_refused(guessed_alone, count):
    """The three thousand that fit the policy, made: common words doubled, counted on, dated, turned round."""
    words = random.Random(count).sample([word for word in common() if 4 <= len(word) <= 9 and word.isascii()], count)
    passed = []
    for n, word in enumerate(words):
        made = WAYS[n % len(WAYS)](word)
        assert len(made) >= 15
        try:
            guessed_alone.validate(made)
            passed.append(made)
        except ValidationError:
            pass
    print(f"{count} made passwords, {len(passed)} taken: {passed[:12]}")
    assert len(passed) <= count / 20


def test_a_long_one_costs_no_more_than_its_beginning(guessed_alone):
    guessed_alone.validate("una frase che va avanti e avanti " * 20_000)
    with pytest.raises(ValidationError):
        guessed_alone.validate("a" * 1_000_000)


@pytest.mark.parametrize("packed", [False, True])
def test_the_operator_s_own_list_is_asked(tmp_path, packed):
    text = "corta\nCavallo Pazzo Verde Bottiglia\r\nun'altra frase rubata davvero\n"
    path = tmp_path / ("rubate.txt.gz" if packed else "rubate.txt")
    path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    passwords._listed.cache_clear()
    listed = passwords.ListedValidator(str(path))
    for password in ("cavallo pazzo verde bottiglia", "Un'altra frase rubata davvero"):
        with pytest.raises(ValidationError, match="rubate"):
            listed.validate(password)
    listed.validate(PASSWORD)
    passwords._listed.cache_clear()


def test_passwords_are_kept_with_argon2id():
    """The suite hashes faster; an installation has one hasher and no other."""
    assert base.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    assert Argon2PasswordHasher().encode(PASSWORD, "saltsaltsalt").startswith("argon2$argon2id$")
