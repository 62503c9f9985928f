"""The life of a page of the site."""

from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.transitions import Machine, Transition

from .models import Article

S = Article.State
ARTICLE = Machine(
    code="website.article",
    states=tuple(S),
    transitions=(
        Transition("proposed", (S.DRAFT,), S.PROPOSED, P.EDIT_SITE, label=_("Manda a chi approva")),
        Transition("rewritten", (S.PROPOSED,), S.DRAFT, P.EDIT_SITE, label=_("Riscrivi")),
        Transition("returned", (S.PROPOSED,), S.DRAFT, P.PUBLISH_SITE, needs_reason=True, label=_("Rimanda a chi l'ha scritta")),
        Transition("published", (S.PROPOSED,), S.PUBLISHED, P.PUBLISH_SITE, label=_("Pubblica")),
        Transition("withdrawn", (S.DRAFT, S.PROPOSED, S.PUBLISHED), S.WITHDRAWN, P.EDIT_SITE, label=_("Ritira")),
        Transition("reopened", (S.WITHDRAWN,), S.DRAFT, P.EDIT_SITE, label=_("Riprendi")),
    ),
)
