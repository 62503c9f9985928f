"""Addresses that services name, and words of the ledger: Italian whoever causes them, never a person's name (rules 71, 73)."""

from django.urls import reverse

from .models import Expense, Instalment, Project


def project_url(project: Project) -> str:
    return reverse("projects:detail", args=[project.public_id])


def expense_url(expense: Expense) -> str:
    return reverse("projects:expense", args=[expense.project.public_id, expense.public_id])


def expense_words(expense: Expense) -> str:
    return f"Progetto {expense.project.code}, spesa n. {expense.number}, voce {expense.item.code}"


INSTALMENTS = {"advance": "anticipazione", "progress": "stato di avanzamento", "balance": "saldo"}


def instalment_words(row: Instalment) -> str:
    return f"Progetto {row.project.code}, rata {row.position} del contributo ({INSTALMENTS[row.kind]})"
