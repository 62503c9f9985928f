from django.apps import AppConfig


class SolidarityFundConfig(AppConfig):
    name = "solidarity_fund"
    label = "solidarity_fund"
    verbose_name = "fondo di solidarietà"
