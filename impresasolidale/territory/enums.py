"""Choices of the territory."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Severity(models.TextChoices):
    """What the program does with a rule: block refuses; warn says so, computes or reminds, and lets you go on; off does nothing."""

    BLOCK = "block", _("blocca")
    WARN = "warn", _("avvisa")
    OFF = "off", _("spenta")


class RuleKind(models.TextChoices):
    """Where a rule comes from (domain.md §9)."""

    HARD = "H", _("obbligo di legge")
    REGIONAL = "R", _("indirizzo regionale")
    LOCAL = "L", _("scelta dell’Ambito")
    FUNDER = "K", _("impegno con chi finanzia")
    PRACTICE = "G", _("buona pratica")


class Confidence(models.TextChoices):
    """How sure we are of a rule's source: V read, V~ read but secondary or of another Region, D derived, U unconfirmed."""

    READ = "V", _("letta nella fonte")
    INDIRECT = "V~", _("letta in fonte indiretta o di un’altra Regione")
    DERIVED = "D", _("ricavata da altre")
    UNCONFIRMED = "U", _("da confermare")


class BodyKind(models.TextChoices):
    COMUNE = "comune", _("comune")
    MOUNTAIN_COMMUNITY = "mountain_community", _("comunità montana")
    PROVINCE = "province", _("provincia")
    HEALTH = "health", _("azienda sanitaria")
    CONSORTIUM = "consortium", _("consorzio o azienda speciale")
    COOPERATIVE = "cooperative", _("cooperativa")
    FOUNDATION = "foundation", _("fondazione")
    OTHER = "other", _("altro ente")


class TariffKind(models.TextChoices):
    """Dated amounts set by others. Units: euro a day for the base, per mille for the rates (domain.md §1.6, rules 45–46); the others say
    theirs.

    Those from TRR_ACCOMPANIMENT on are each Ambito's own (LOCAL_TARIFFS): what a TRR costs beside the allowance, and what a day service
    costs (domain.md §8.2–8.3, rule 89).
    """

    INAIL_DAILY_BASE = "inail_daily_base", _("INAIL, base al giorno (euro)")
    INAIL_RATE_INDUSTRY = "inail_rate_industry", _("INAIL, tasso industria (per mille)")
    INAIL_RATE_CRAFT = "inail_rate_craft", _("INAIL, tasso artigianato (per mille)")
    INAIL_RATE_OTHER = "inail_rate_other", _("INAIL, tasso altre attività (per mille)")
    TRR_ACCOMPANIMENT = "trr_accompaniment", _("TRR, accompagnamento (euro all’ora)")
    TRR_TUTOR_TRAINING = "trr_tutor_training", _("TRR, formazione del tutor (euro a tirocinio)")
    TRR_SAFETY = "trr_safety", _("TRR, sicurezza e dispositivi (euro a tirocinio)")
    TRR_TRANSPORT = "trr_transport", _("TRR, trasporto (euro al mese)")
    TRR_LIABILITY = "trr_liability", _("TRR, responsabilità civile (euro all’anno)")
    TRR_ADMINISTRATION = "trr_administration", _("TRR, pratiche d’ufficio (euro a tirocinio)")
    DAY_CDD = "day_cdd", _("CDD, centro diurno disabili (euro al giorno)")
    DAY_CSE = "day_cse", _("CSE, centro socio educativo (euro al giorno)")
    DAY_SFA = "day_sfa", _("SFA, formazione all’autonomia (euro al giorno)")
    DAY_DAYS = "day_days", _("Servizi diurni, giorni di frequenza all’anno")


_T = TariffKind
DAY_SERVICES = (_T.DAY_CDD, _T.DAY_CSE, _T.DAY_SFA)
DAY_TARIFFS = (*DAY_SERVICES, _T.DAY_DAYS)  # without all of them, no comparison (rule 89)
TRR_COSTS = (_T.TRR_ACCOMPANIMENT, _T.TRR_TUTOR_TRAINING, _T.TRR_SAFETY, _T.TRR_TRANSPORT, _T.TRR_LIABILITY, _T.TRR_ADMINISTRATION)
LOCAL_TARIFFS = (*TRR_COSTS, *DAY_TARIFFS)


class ProposalState(models.TextChoices):
    OPEN = "open", _("in attesa")
    PUBLISHED = "published", _("pubblicata")
    WITHDRAWN = "withdrawn", _("ritirata")


class StampPayer(models.TextChoices):
    """Who bears the stamp duty of a paper that is not exempt."""

    PROMOTER = "promoter", _("ente promotore")
    HOST = "host", _("impresa che accoglie")
    SHARED = "shared", _("metà per uno")
