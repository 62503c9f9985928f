"""Budgets and commitments belong to one Ambito; no company user reaches them."""

from django.db import migrations

from impresasolidale.core import sql

OFFICE_ONLY = {"document": "id"}


class Migration(migrations.Migration):
    dependencies = [("treasury", "0003_budgets"), ("core", "0003_guards")]

    operations = [
        *sql.protect("treasury_budget", only=OFFICE_ONLY),
        *sql.protect("treasury_commitment", only=OFFICE_ONLY),
        *sql.history("treasury_budget"),
        *sql.history("treasury_commitment"),
    ]
