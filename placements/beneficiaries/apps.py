from django.apps import AppConfig


class BeneficiariesConfig(AppConfig):
    name = "placements.beneficiaries"
    label = "beneficiaries"
    verbose_name = "persone"
