from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "impresasolidale.accounts"
    label = "accounts"
    verbose_name = "accessi"
