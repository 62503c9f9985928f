"""The worker killed between the call to another program and the mark that it arrived: told again, and known by its id."""

import pytest
from django.utils import timezone

from impresasolidale.accounts.access import Access
from impresasolidale.core.scope import scope
from impresasolidale.exchange.models import HookNotice
from impresasolidale.exchange.services import hooks
from tests.support import listener as others
from tests.support.listener import Listener, say
from tests.support.servers import House, wait

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]


def test_a_worker_killed_amid_the_call_tells_it_again_with_the_same_id(house: House, sondrio, tmp_path, settings):
    program = Listener(tmp_path)
    settings.HOOK_HOSTS = [f"127.0.0.1:{program.port}"]
    house.more |= {"SSL_CERT_FILE": str(program.certificate), "HOOK_HOSTS": settings.HOOK_HOSTS[0]}
    by = Access.system(network_id=sondrio.network_id, ambito_id=sondrio.pk, reason="test")
    program.answers = others.never
    house.start("broker", "dispatcher", "worker")
    with scope(by.scope):
        hook, _secret = hooks.add_hook(name="Prova", url=program.url, events=["agreements.placement.activated"], by=by)
        hooks.send_test(hook=hook, by=by, now=timezone.now())
    wait(lambda: program.heard, 60, "the call")
    house.kill("worker")
    with scope(by.scope):
        assert HookNotice.objects.get().outcome == "waiting", "the worker was killed too late to prove anything"
    program.answers = say(204)
    house.start("worker")
    wait(house.all_over, 90, "the job")
    with scope(by.scope):
        notice = HookNotice.objects.get()
    assert (notice.outcome, notice.attempts) == ("sent", 1)
    assert len(program.heard) == 2, "lost 0, told twice 1"
    assert len({(headers["webhook-id"], body) for _path, headers, body in program.heard}) == 1
    program.close()
