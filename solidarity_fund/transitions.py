"""The lives of what is asked, decided, proved, published and told; of promises, and of statements with their lines."""

from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.transitions import Machine, Transition

from .enums import CriteriaState, ProofState, RequestState, SittingState
from .models import BankLine, Pledge, Publication, StatementFile, Story

S = RequestState
PS, SS = Publication.State, Story.State

REQUEST = Machine(
    code="solidarity_fund.benefit_request",
    states=tuple(S),
    transitions=(
        Transition("returned", (S.SUBMITTED,), S.INCOMPLETE, P.SCREEN_BENEFITS, label=_("Chiedi che cosa manca")),
        Transition("completed", (S.INCOMPLETE,), S.SUBMITTED, P.ASK_BENEFITS, label=_("Manda quello che mancava")),
        Transition("resumed", (S.INCOMPLETE,), S.SUBMITTED, P.SCREEN_BENEFITS, needs_reason=True, label=_("Riprendi l'istruttoria")),
        Transition("screened", (S.SUBMITTED,), S.READY, P.SCREEN_BENEFITS, label=_("L'istruttoria è completa")),
        Transition("granted", (S.SUBMITTED, S.READY), S.GRANTED, P.GRANT_BENEFITS, label=_("Concedi")),
        Transition("refused", (S.SUBMITTED, S.READY), S.REFUSED, P.GRANT_BENEFITS, needs_reason=True, label=_("Non concedere")),
        Transition("withdrawn", (S.SUBMITTED, S.INCOMPLETE, S.READY), S.WITHDRAWN, P.ASK_BENEFITS, needs_reason=True, label=_("Ritira")),
        Transition("paid", (S.GRANTED,), S.PAID, P.PAY_BENEFITS, label=_("Registra il versamento")),
        Transition("revoked", (S.GRANTED,), S.REVOKED, P.KEEP_SITTINGS, needs_reason=True, label=_("Togli la concessione")),
    ),
)

C = CriteriaState
CRITERIA = Machine(
    code="solidarity_fund.criteria",
    states=tuple(C),
    transitions=(
        Transition("published", (C.PROPOSED,), C.PUBLISHED, P.PUBLISH_RULES, label=_("Approva e pubblica")),
        Transition("withdrawn", (C.PROPOSED,), C.WITHDRAWN, P.PUBLISH_RULES, needs_reason=True, label=_("Ritira la proposta")),
    ),
)

T = SittingState
SITTING = Machine(
    code="solidarity_fund.sitting",
    states=tuple(T),
    transitions=(
        Transition("opened", (T.PLANNED,), T.OPEN, P.KEEP_SITTINGS, label=_("Apri la seduta")),
        Transition("closed", (T.OPEN,), T.CLOSED, P.KEEP_SITTINGS, label=_("Chiudi la seduta")),
        Transition("reopened", (T.CLOSED,), T.OPEN, P.GIVE_OPINIONS, needs_reason=True, label=_("Rimanda il verbale")),
        Transition("approved", (T.CLOSED,), T.APPROVED, P.GIVE_OPINIONS, label=_("Approva il verbale")),
        Transition("cancelled", (T.PLANNED,), T.CANCELLED, P.KEEP_SITTINGS, needs_reason=True, label=_("Annulla la seduta")),
    ),
)

F = ProofState
PROOF = Machine(
    code="solidarity_fund.proof",
    states=tuple(F),
    transitions=(
        Transition("accepted", (F.RECEIVED,), F.ACCEPTED, P.PAY_BENEFITS, label=_("Accetta")),
        Transition("rejected", (F.RECEIVED,), F.REJECTED, P.PAY_BENEFITS, needs_reason=True, label=_("Non va bene")),
    ),
)

PUBLICATION = Machine(
    code="solidarity_fund.publication",
    states=tuple(PS),
    transitions=(
        Transition("published", (PS.PREPARED,), PS.PUBLISHED, P.PUBLISH_FUND, label=_("Approva e pubblica")),
        Transition("replaced", (PS.PUBLISHED,), PS.REPLACED, None),
        Transition("withdrawn", (PS.PREPARED, PS.PUBLISHED), PS.WITHDRAWN, P.PUBLISH_FUND, needs_reason=True, label=_("Ritira")),
    ),
)

# No reason is asked to take a story back: it is revoked as freely as it was given (rule 57).
STORY = Machine(
    code="solidarity_fund.story",
    states=tuple(SS),
    transitions=(
        Transition("agreed", (SS.DRAFT,), SS.AGREED, P.TELL_STORIES, label=_("La persona è d'accordo")),
        Transition("rewritten", (SS.AGREED,), SS.DRAFT, P.TELL_STORIES, label=_("Riscrivi")),
        Transition("published", (SS.AGREED,), SS.PUBLISHED, P.PUBLISH_STORIES, label=_("Pubblica")),
        Transition("withdrawn", (SS.DRAFT, SS.AGREED, SS.PUBLISHED), SS.WITHDRAWN, P.TELL_STORIES, label=_("Ritira")),
    ),
)

PLEDGE = Machine(
    code="solidarity_fund.pledge",
    states=tuple(Pledge.State),
    transitions=(
        Transition("reopened", (Pledge.State.PARTLY, Pledge.State.KEPT), Pledge.State.OPEN, P.RECORD_CONTRIBUTIONS),
        Transition("kept_partly", (Pledge.State.OPEN, Pledge.State.KEPT), Pledge.State.PARTLY, P.RECORD_CONTRIBUTIONS),
        Transition("kept", (Pledge.State.OPEN, Pledge.State.PARTLY), Pledge.State.KEPT, P.RECORD_CONTRIBUTIONS),
        Transition(
            "withdrawn",
            (Pledge.State.OPEN, Pledge.State.PARTLY),
            Pledge.State.WITHDRAWN,
            P.RECORD_CONTRIBUTIONS,
            needs_reason=True,
            label=_("Segna come ritirata"),
        ),
    ),
)
STATEMENT_FILE = Machine(
    code="solidarity_fund.statement_file",
    states=tuple(StatementFile.State),
    transitions=(
        Transition("read", (StatementFile.State.WAITING,), StatementFile.State.READ, P.RECORD_CONTRIBUTIONS),
        Transition("refused", (StatementFile.State.WAITING,), StatementFile.State.REFUSED, P.RECORD_CONTRIBUTIONS),
    ),
)
BANK_LINE = Machine(
    code="solidarity_fund.bank_line",
    states=tuple(BankLine.State),
    transitions=(
        Transition("matched", (BankLine.State.WAITING,), BankLine.State.MATCHED, P.RECORD_CONTRIBUTIONS, label=_("Abbina")),
        Transition(
            "ignored",
            (BankLine.State.WAITING,),
            BankLine.State.IGNORED,
            P.RECORD_CONTRIBUTIONS,
            needs_reason=True,
            label=_("Lascia da parte"),
        ),
        Transition(
            "undone",
            (BankLine.State.MATCHED, BankLine.State.IGNORED),
            BankLine.State.WAITING,
            P.RECORD_CONTRIBUTIONS,
            needs_reason=True,
            label=_("Annulla"),
        ),
    ),
)
