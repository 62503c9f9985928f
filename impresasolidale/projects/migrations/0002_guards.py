"""Everything here is the network's and its offices' alone; a partner reads the own part. What was checked, put in force, signed or drawn stays as it was."""

from django.db import migrations

from impresasolidale.core import sql
from impresasolidale.projects.transitions import EXPENSE, INSTALMENT, PLAN, PROJECT, SHEET

OF_PROJECT = {"project_id": "projects_project"}
# table → its pins: whatever it names is of its own network
TABLES = {
    "projects_projectfile": {"masks_id": "projects_projectfile"},
    "projects_partner": {"logo_id": "projects_projectfile"},
    "projects_partnerrole": {"partner_id": "projects_partner"},
    "projects_project": {"pot_id": "treasury_pot"},
    "projects_participation": {**OF_PROJECT, "partner_id": "projects_partner"},
    "projects_workpackage": OF_PROJECT,
    "projects_costitem": OF_PROJECT,
    "projects_projectsource": OF_PROJECT,
    "projects_budgetplan": OF_PROJECT,
    "projects_planline": {
        "plan_id": "projects_budgetplan",
        "item_id": "projects_costitem",
        "participation_id": "projects_participation",
        "source_id": "projects_projectsource",
    },
    "projects_instalment": OF_PROJECT,
    "projects_expense": {
        **OF_PROJECT,
        "participation_id": "projects_participation",
        "item_id": "projects_costitem",
        "instalment_id": "projects_instalment",
    },
    "projects_expenseshare": {"expense_id": "projects_expense", "source_id": "projects_projectsource"},
    "projects_staffmember": {"partner_id": "projects_partner"},
    "projects_hourlyrate": {"member_id": "projects_staffmember"},
    "projects_staffsheet": {
        **OF_PROJECT,
        "member_id": "projects_staffmember",
        "scan_id": "projects_projectfile",
        "expense_id": "projects_expense",
    },
    "projects_staffhours": {"sheet_id": "projects_staffsheet", "work_package_id": "projects_workpackage"},
    "projects_projectindicator": OF_PROJECT,
    "projects_milestone": {**OF_PROJECT, "work_package_id": "projects_workpackage"},
    "projects_networkaction": {**OF_PROJECT, "photo_id": "projects_projectfile"},
    "projects_actionpartner": {"action_id": "projects_networkaction", "partner_id": "projects_partner"},
    "projects_auditsample": {**OF_PROJECT, "grant_id": "treasury_pot"},
    "projects_audititem": {"sample_id": "projects_auditsample", "expense_id": "projects_expense"},
}
# What a partner who signs in reaches: itself, its projects and the actions it took part in.
OWN = "{} = ANY ((SELECT app_only('partner'))::bigint[])"
OF_PARTNER = {
    "projects_partner": OWN.format("id"),
    "projects_partnerrole": OWN.format("partner_id"),
    "projects_participation": OWN.format("partner_id"),
    "projects_project": "EXISTS (SELECT 1 FROM projects_participation p WHERE p.project_id = projects_project.id)",
    "projects_actionpartner": OWN.format("partner_id"),
    "projects_networkaction": "EXISTS (SELECT 1 FROM projects_actionpartner a WHERE a.action_id = projects_networkaction.id)",
}
MACHINES = {
    "projects_project": PROJECT,
    "projects_budgetplan": PLAN,
    "projects_expense": EXPENSE,
    "projects_instalment": INSTALMENT,
    "projects_staffsheet": SHEET,
}
KEPT = """
-- What a second person has checked does not change, and its shares are what is charged.
CREATE FUNCTION projects_expense_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'expense % is kept', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.state <> 'draft' AND
     (NEW.project_id, NEW.number, NEW.participation_id, NEW.item_id, NEW.document_kind, NEW.document_number, NEW.document_on, NEW.payee,
      NEW.payee_kind, NEW.payee_tax_code, NEW.payee_key, NEW.net, NEW.vat, NEW.amount, NEW.charged, NEW.from_pot, NEW.recorded_by_id)
     IS DISTINCT FROM
     (OLD.project_id, OLD.number, OLD.participation_id, OLD.item_id, OLD.document_kind, OLD.document_number, OLD.document_on, OLD.payee,
      OLD.payee_kind, OLD.payee_tax_code, OLD.payee_key, OLD.net, OLD.vat, OLD.amount, OLD.charged, OLD.from_pot, OLD.recorded_by_id) THEN
    RAISE EXCEPTION 'expense % was checked: it does not change', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.state NOT IN ('draft', 'checked') AND (NEW.paid_on, NEW.proof_kind) IS DISTINCT FROM (OLD.paid_on, OLD.proof_kind) THEN
    RAISE EXCEPTION 'expense % was reported: its proof does not change', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.state = 'checked' AND OLD.state = 'draft'
     AND NEW.charged IS DISTINCT FROM (SELECT sum(s.amount) FROM projects_expenseshare s WHERE s.expense_id = NEW.id) THEN
    RAISE EXCEPTION 'the shares of expense % are not what is charged', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'projects_expense_is_shares';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER projects_expense_kept BEFORE UPDATE OR DELETE ON projects_expense FOR EACH ROW EXECUTE FUNCTION projects_expense_kept();

CREATE FUNCTION projects_share_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE touched bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.expense_id ELSE NEW.expense_id END;
BEGIN
  IF EXISTS (SELECT 1 FROM projects_expense e WHERE e.id = touched AND e.state <> 'draft') THEN
    RAISE EXCEPTION 'the shares of expense % do not change', touched USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER projects_expenseshare_kept BEFORE INSERT OR UPDATE OR DELETE ON projects_expenseshare
  FOR EACH ROW EXECUTE FUNCTION projects_share_kept();

-- A plan that is or was in force stays as it was.
CREATE FUNCTION projects_line_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE touched bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.plan_id ELSE NEW.plan_id END;
BEGIN
  IF EXISTS (SELECT 1 FROM projects_budgetplan p WHERE p.id = touched AND p.state <> 'draft') THEN
    RAISE EXCEPTION 'plan % is in force: its lines do not change', touched USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER projects_planline_kept BEFORE INSERT OR UPDATE OR DELETE ON projects_planline
  FOR EACH ROW EXECUTE FUNCTION projects_line_kept();

-- Hours stand once they are signed, are of the sheet's month, and nobody has more than a day in a day, on all projects together.
CREATE FUNCTION projects_hours_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  touched bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.sheet_id ELSE NEW.sheet_id END;
  sheet projects_staffsheet;
BEGIN
  SELECT * INTO sheet FROM projects_staffsheet WHERE id = touched;
  IF sheet.id IS NOT NULL AND sheet.state <> 'open' THEN
    RAISE EXCEPTION 'sheet % is signed: its hours do not change', touched USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  IF date_trunc('month', NEW.day)::date <> sheet.month OR NOT EXISTS (
     SELECT 1 FROM projects_project p WHERE p.id = sheet.project_id AND NEW.day BETWEEN p.starts_on AND p.ends_on) THEN
    RAISE EXCEPTION '% is not a day of sheet %', NEW.day, touched USING ERRCODE = 'check_violation', CONSTRAINT = 'projects_hours_in_month';
  END IF;
  IF NEW.minutes + (
     SELECT coalesce(sum(h.minutes), 0) FROM projects_staffhours h JOIN projects_staffsheet s ON s.id = h.sheet_id
      WHERE s.member_id = sheet.member_id AND h.day = NEW.day AND h.id IS DISTINCT FROM NEW.id) > 1440 THEN
    RAISE EXCEPTION 'more than a day on %', NEW.day USING ERRCODE = 'check_violation', CONSTRAINT = 'projects_hours_in_a_day';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER projects_staffhours_kept BEFORE INSERT OR UPDATE OR DELETE ON projects_staffhours
  FOR EACH ROW EXECUTE FUNCTION projects_hours_kept();

-- A draw stays as it was drawn; it can only be closed before its day.
CREATE FUNCTION projects_audit_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.closed_at IS NOT NULL OR
     (NEW.project_id, NEW.number, NEW.share, NEW.minimum, NEW.seed, NEW.pool, NEW.amount, NEW.grant_id, NEW.paid_pool, NEW.paid_amount,
      NEW.auditor_id, NEW.open_from, NEW.open_until)
     IS DISTINCT FROM
     (OLD.project_id, OLD.number, OLD.share, OLD.minimum, OLD.seed, OLD.pool, OLD.amount, OLD.grant_id, OLD.paid_pool, OLD.paid_amount,
      OLD.auditor_id, OLD.open_from, OLD.open_until) THEN
    RAISE EXCEPTION 'audit room % is kept as it was drawn', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER projects_auditsample_kept BEFORE UPDATE OR DELETE ON projects_auditsample
  FOR EACH ROW EXECUTE FUNCTION projects_audit_kept();

-- A stored file stays; only somebody's word that it names nobody is added, or taken back.
CREATE FUNCTION projects_file_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR
     (NEW.kind, NEW.subject_type, NEW.subject_id, NEW.original_name, NEW.content_type, NEW.file_name, NEW.file_hash, NEW.size, NEW.masks_id)
     IS DISTINCT FROM
     (OLD.kind, OLD.subject_type, OLD.subject_id, OLD.original_name, OLD.content_type, OLD.file_name, OLD.file_hash, OLD.size, OLD.masks_id) THEN
    IF TG_OP = 'DELETE' OR OLD.kind <> 'invoice_xml' OR OLD.subject_type <> 'projects.project' THEN
      RAISE EXCEPTION 'file % is kept', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER projects_projectfile_kept BEFORE UPDATE OR DELETE ON projects_projectfile
  FOR EACH ROW EXECUTE FUNCTION projects_file_kept();
"""
UNDO = "".join(
    f"DROP FUNCTION {name}() CASCADE;"
    for name in (
        "projects_expense_kept", "projects_share_kept", "projects_line_kept", "projects_hours_kept", "projects_audit_kept",
        "projects_file_kept",
    )
)  # fmt: skip
# The funder's money enters and leaves a project's own pot, never the fund's or a body's.
POT = """
CREATE TRIGGER projects_project_pot_use BEFORE INSERT OR UPDATE OF pot_id ON projects_project
  FOR EACH ROW WHEN (NEW.pot_id IS NOT NULL) EXECUTE FUNCTION treasury_pot_of_use('project');
"""


class Migration(migrations.Migration):
    dependencies = [("projects", "0001_initial"), ("treasury", "0003_office_guards"), ("core", "0003_guards")]

    operations = [
        *(
            operation
            for table, pins in TABLES.items()
            for operation in sql.protect(
                table, owner=("network_id",), office_only=table not in OF_PARTNER, through=OF_PARTNER.get(table, ""), pins=pins
            )
        ),
        *(operation for table, machine in MACHINES.items() for operation in sql.transition_guard(table, machine)),
        *(operation for machine in MACHINES.values() if machine is not PLAN for operation in sql.reasons_kept(machine)),
        *(operation for table in TABLES for operation in ([] if table == "projects_audititem" else sql.history(table))),
        *sql.append_only("projects_audititem"),
        *sql.append_only("projects_hourlyrate"),
        migrations.RunSQL(KEPT, UNDO),
        migrations.RunSQL(POT, "DROP TRIGGER projects_project_pot_use ON projects_project"),
    ]
