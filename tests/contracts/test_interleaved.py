"""Two Ambiti asking in turns over two connections that are kept: no answer is the other's (reliability.md, the leak test)."""

import threading

import pytest
from django.db import connection
from django.test import Client

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Ambito
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.fixtures import make_user
from tests.support.together import in_threads

CONNECTIONS = 2
PATHS = ("/persone/", "/da-fare/", "/cerca/?q=prova", "/non-esiste/", "/persone/?q=%00", "/utenti/", "/chi-ha-guardato/")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("requests", [160, pytest.param(2000, marks=pytest.mark.deep)])
def test_no_answer_of_interleaved_requests_is_the_other_ambito_s(requests):
    people = {}
    for number, (name, surname) in enumerate((("Sondrio", "Sondriese"), ("Tirano", "Tiranese")), 1):
        user = make_user(Role.SOCIAL_WORKER, Ambito.objects.get(name=name))
        access = access_for(user)
        with scope(access.scope):
            person = make_beneficiary(access, number=number, last_name=surname)
        people[name] = (user, surname, person.public_id)
    crossed, seen, held = [], [], threading.Lock()

    def ask(n):
        clients = {}
        for name, (user, *_rest) in people.items():
            clients[name] = Client(raise_request_exception=False)
            clients[name].force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        for turn in range(requests // CONNECTIONS):
            name = ("Sondrio", "Tirano")[(turn + n) % 2]
            other = ("Tirano", "Sondrio")[(turn + n) % 2]
            # Own list, foreign row, an error in between: what one request leaves on the connection the next would find.
            path = f"/persone/{people[other][2]}/" if turn % 8 == 3 else PATHS[turn % len(PATHS)]
            answer = clients[name].get(path)
            text = answer.content.decode(errors="replace")
            with held:
                if people[other][1] in text or str(people[other][2]) in text.replace(path, ""):
                    crossed.append((turn, name, path, answer.status_code))
                if path == "/persone/":
                    seen.append(people[name][1] in text)
        return connection.connection.info.backend_pid

    backends = in_threads(CONNECTIONS, ask)
    assert crossed == []
    assert len(set(backends)) == CONNECTIONS  # each thread kept its one connection
    assert len(seen) > requests / 10 and all(seen)
    print(f"{requests} requests of two Ambiti over {CONNECTIONS} connections: {len(crossed)} crossed")
