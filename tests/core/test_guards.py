"""The suite speaks to its own servers and to nobody else, has a clock of its own, and its ORM forgives nothing."""

import os
import socket
import subprocess
import sys
import time

import pytest
from django.db import models
from django.test.utils import isolate_apps
from django.utils import timezone

from impresasolidale.accounts.models import Membership
from impresasolidale.territory.models import Ambito
from tests.factories.fixtures import TODAY
from tests.support import clock


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("example.org", 443)])
def test_a_test_that_leaves_this_machine_fails(address):
    with socket.socket() as door:
        for knock in (door.connect, door.connect_ex):
            with pytest.raises(AssertionError, match="another machine"):
                knock(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_machine_may_be_called(host):
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection((host, server.getsockname()[1]), timeout=5) as line:
        assert line.getpeername() == server.getsockname()


@pytest.mark.django_db
def test_rows_without_an_order_come_backwards_and_are_not_cut():
    known = list(Ambito.objects.order_by("pk").values_list("pk", flat=True))
    unordered = Ambito.objects.order_by().filter(pk__in=known)
    assert sorted(row.pk for row in unordered) == known
    assert [row.pk for row in unordered] == [row.pk for row in unordered]  # read once, it stays as it is
    straight = [row.pk for row in unordered.iterator()]
    assert list(unordered.values_list("pk", flat=True)) == straight[::-1]
    with pytest.raises(AssertionError, match="no order"):
        unordered.all()[0]
    assert unordered.get(pk=known[0]).pk == known[0]
    assert unordered.first().pk == known[0]


@pytest.mark.django_db
def test_a_lock_over_a_join_names_its_table():
    locked = Ambito.objects.select_for_update().order_by("pk")
    with pytest.raises(AssertionError, match="of="):
        list(locked.select_related("network"))
    with pytest.raises(AssertionError, match="of="):
        locked.filter(network__name="x").first()
    assert list(locked)
    assert list(Ambito.objects.select_for_update(of=("self",)).select_related("network").order_by("pk"))


@isolate_apps("impresasolidale.core")
def test_a_save_of_some_columns_keeps_the_time_of_the_change():
    class Note(models.Model):
        words = models.TextField()
        changed_at = models.DateTimeField(auto_now=True)

        class Meta:
            app_label = "core"

    with pytest.raises(AssertionError, match="changed_at"):
        Note(pk=1).save(update_fields=["words"])


@pytest.mark.django_db
def test_a_day_is_not_cut_from_a_moment():
    with pytest.raises(AssertionError, match="is a day"):
        Membership.objects.filter(valid_from=timezone.now()).exists()


def test_it_is_always_the_demo_s_day_here_and_in_the_processes_of_a_test():
    assert timezone.localdate() == TODAY
    code = "import datetime; print(datetime.datetime.now(datetime.UTC).timestamp())"
    child = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ, **clock.environment()}
    )
    assert abs(float(child.stdout) - time.time()) < 30
