"""What the tables themselves keep of a month and its money, and the two doors that are read before any scope exists.

Nothing is said or planned in a month that is not open, and a frozen one never changes. The look at a month's state is one a statement,
not one a row: a tap pays one index look-up, a load of millions one join.
"""

from django.db import migrations

EVENTS = """
CREATE FUNCTION attendance_month_is_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Months first: a file has each some twenty times.
  IF EXISTS (SELECT 1 FROM (SELECT DISTINCT placement_id, date_trunc('month', day::timestamp)::date AS month FROM fresh) f
             JOIN attendance_timesheet t ON t.placement_id = f.placement_id AND t.month = f.month
             WHERE t.state <> 'open') THEN
    RAISE EXCEPTION 'the month of an event is not open' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER attendance_attendanceevent_open AFTER INSERT ON attendance_attendanceevent
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION attendance_month_is_open();
"""
PLANNED = """
CREATE FUNCTION attendance_plan_not_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM (SELECT DISTINCT placement_id, date_trunc('month', day::timestamp)::date AS month FROM touched) f
             JOIN attendance_timesheet t ON t.placement_id = f.placement_id AND t.month = f.month
             WHERE t.state = 'frozen') THEN
    RAISE EXCEPTION 'the month of a planned day is frozen' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER attendance_plannedsession_kept_i AFTER INSERT ON attendance_plannedsession
  REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION attendance_plan_not_frozen();
CREATE TRIGGER attendance_plannedsession_kept_u AFTER UPDATE ON attendance_plannedsession
  REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION attendance_plan_not_frozen();
CREATE TRIGGER attendance_plannedsession_kept_d AFTER DELETE ON attendance_plannedsession
  REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION attendance_plan_not_frozen();
"""
SUMS = """
-- Once a statement: a batch that freezes five thousand sheets touches each of its months once, and a tap, which freezes nothing, none.
-- A sheet that was frozen is never written again (attendance_timesheet_kept): whatever is written as frozen has just become it.
CREATE FUNCTION attendance_keep_frozen_month() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO attendance_frozenmonth AS kept (ambito_id, month, sheets, planned_minutes, done_minutes)
  SELECT ambito_id, month, count(*), sum(planned_minutes), sum(done_minutes) FROM written
  WHERE state = 'frozen' GROUP BY ambito_id, month ORDER BY ambito_id, month
  ON CONFLICT (ambito_id, month) DO UPDATE SET sheets = kept.sheets + excluded.sheets,
    planned_minutes = kept.planned_minutes + excluded.planned_minutes, done_minutes = kept.done_minutes + excluded.done_minutes;
  RETURN NULL;
END $$;
CREATE TRIGGER attendance_timesheet_frozen_new AFTER INSERT ON attendance_timesheet
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION attendance_keep_frozen_month();
CREATE TRIGGER attendance_timesheet_frozen AFTER UPDATE ON attendance_timesheet
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION attendance_keep_frozen_month();

CREATE FUNCTION attendance_frozenmonth_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_user <> (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID) THEN
    RAISE EXCEPTION '%: only the sheets of a month write here', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER attendance_frozenmonth_kept BEFORE INSERT OR UPDATE OR DELETE ON attendance_frozenmonth
  FOR EACH STATEMENT EXECUTE FUNCTION attendance_frozenmonth_kept();
"""
SHEETS = """
CREATE FUNCTION attendance_sheet_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'frozen' THEN
    RAISE EXCEPTION 'timesheet % is frozen', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  IF NEW.state = 'frozen' AND NOT EXISTS (SELECT 1 FROM attendance_sheetsnapshot s WHERE s.timesheet_id = NEW.id) THEN
    RAISE EXCEPTION 'timesheet % has no snapshot', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER attendance_timesheet_kept BEFORE UPDATE OR DELETE ON attendance_timesheet
  FOR EACH ROW WHEN (OLD.state IN ('confirmed', 'frozen')) EXECUTE FUNCTION attendance_sheet_kept();
"""
# The sum is the sum of its lines; in a frozen month what is known only later may still be written beside them.
ALLOWANCES = """
CREATE FUNCTION attendance_rows_sum(rows jsonb) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT coalesce(sum((r ->> 'amount')::numeric), 0) FROM jsonb_array_elements(rows) r $$;
ALTER TABLE attendance_monthallowance ADD CONSTRAINT attendance_allowance_sum CHECK (amount = attendance_rows_sum(rows));

CREATE FUNCTION attendance_keep_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE later CONSTANT text[] := ARRAY['carried_in_id', 'net_amount', 'net_on'];
BEGIN
  IF EXISTS (SELECT 1 FROM attendance_timesheet t WHERE t.id = OLD.timesheet_id AND t.state = 'frozen')
     AND (TG_OP = 'DELETE' OR to_jsonb(NEW) - later IS DISTINCT FROM to_jsonb(OLD) - later) THEN
    RAISE EXCEPTION 'the month of allowance % is frozen', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER attendance_monthallowance_frozen BEFORE UPDATE OR DELETE ON attendance_monthallowance
  FOR EACH ROW EXECUTE FUNCTION attendance_keep_frozen();

CREATE FUNCTION attendance_keep_frozen_share() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM attendance_monthallowance m JOIN attendance_timesheet t ON t.id = m.timesheet_id
             WHERE m.id = coalesce(NEW.allowance_id, OLD.allowance_id) AND t.state = 'frozen') THEN
    RAISE EXCEPTION 'the month of a share is frozen' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER attendance_allowanceshare_frozen BEFORE UPDATE OR DELETE ON attendance_allowanceshare
  FOR EACH ROW EXECUTE FUNCTION attendance_keep_frozen_share();

CREATE FUNCTION attendance_keep_adjustment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR to_jsonb(NEW) - 'taken_in_id' IS DISTINCT FROM to_jsonb(OLD) - 'taken_in_id' THEN
    RAISE EXCEPTION 'adjustment % is append-only', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER attendance_adjustment_kept BEFORE UPDATE OR DELETE ON attendance_adjustment
  FOR EACH ROW EXECUTE FUNCTION attendance_keep_adjustment();
"""
# The parts of a commitment that stand for placements never come to more than the commitment itself.
PARTS = """
CREATE FUNCTION attendance_check_parts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_commitment bigint := CASE WHEN TG_TABLE_NAME = 'treasury_commitment' THEN NEW.id END;
BEGIN
  IF v_commitment IS NULL THEN
    v_commitment := NEW.commitment_id;
    PERFORM 1 FROM treasury_commitment WHERE id = v_commitment FOR NO KEY UPDATE;
  END IF;
  IF (SELECT sum(amount) FROM attendance_placementcommitment WHERE commitment_id = v_commitment)
     > treasury_commitment_amount(v_commitment) THEN
    RAISE EXCEPTION 'the parts of commitment % are more than it', v_commitment
      USING ERRCODE = 'check_violation', CONSTRAINT = 'treasury_commitment_parts';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER attendance_parts_within AFTER INSERT OR UPDATE ON attendance_placementcommitment
  FOR EACH ROW EXECUTE FUNCTION attendance_check_parts();
CREATE TRIGGER attendance_parts_within AFTER UPDATE OF row_version ON treasury_commitment
  FOR EACH ROW WHEN (NEW.state = 'open') EXECUTE FUNCTION attendance_check_parts();
"""
# By the hash of a secret: ids alone, of one link and of the people its Ambito entrusted to its tutor, where the tutor still works.
# A link that lives gives one row a person, and one without a person when nobody is entrusted; any other says why it is gone.
PORTAL_DOOR = """
CREATE FUNCTION attendance_portal_door(secret text, now_at timestamptz, today date)
RETURNS TABLE (link_id bigint, gone text, tutor_id bigint, user_id bigint, ambito_id bigint, network_id bigint,
               placement_id bigint, beneficiary_id bigint, company_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH held AS (
    SELECT l.*, CASE WHEN l.is_replaced THEN 'replaced' WHEN l.ended_at IS NOT NULL THEN 'ended'
                     WHEN l.expires_at <= now_at THEN 'expired' ELSE '' END AS gone
    FROM attendance_portallink l WHERE l.token_hash = secret)
  SELECT h.id, h.gone, h.tutor_id, t.user_id, h.ambito_id, a.network_id, e.placement_id, e.beneficiary_id, e.company_id
  FROM held h JOIN territory_ambito a ON a.id = h.ambito_id JOIN hosts_companytutor t ON t.id = h.tutor_id
  LEFT JOIN LATERAL (
    SELECT e.placement_id, e.beneficiary_id, e.company_id
    FROM entrusted e JOIN agreements_placement p ON p.id = e.placement_id
    WHERE h.gone = '' AND p.company_tutor_id = h.tutor_id AND e.ambito_id = h.ambito_id
      AND EXISTS (SELECT 1 FROM hosts_engagement g WHERE g.tutor_id = h.tutor_id AND g.company_id = e.company_id
                  AND g.valid_from <= today AND (g.valid_to IS NULL OR g.valid_to >= today))) e ON true
$$;
"""
# A link that went where the tutor is not, a wrong address or a number of somebody else, ends when the address is put right: whichever
# office sent it, and whoever corrects it, who may be of another Ambito and not reach it.
MOVED = """
CREATE FUNCTION attendance_end_moved_links() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE attendance_portallink SET ended_at = now()
  WHERE tutor_id = NEW.id AND ended_at IS NULL AND address <> CASE channel WHEN 'sms' THEN NEW.phone ELSE NEW.email END;
  RETURN NULL;
END $$;
CREATE TRIGGER attendance_moved AFTER UPDATE ON hosts_companytutor
  FOR EACH ROW WHEN (OLD.email <> NEW.email OR OLD.phone <> NEW.phone) EXECUTE FUNCTION attendance_end_moved_links();
"""
# By the code of a poster, and the keyed hash of a drawing and four digits: one row when the poster hangs, with the ids of the one
# placement when the card is of somebody who is there now.
POSTER_DOOR = """
CREATE FUNCTION attendance_poster_door(poster text, secret text, today date)
RETURNS TABLE (network_id bigint, ambito_id bigint, placement_id bigint, beneficiary_id bigint, company_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT s.network_id, c.ambito_id, c.placement_id, c.beneficiary_id, c.company_id
  FROM attendance_siteposter s
  LEFT JOIN LATERAL (
    SELECT p.ambito_id, p.id AS placement_id, p.beneficiary_id, p.company_id
    FROM attendance_checkincard k JOIN agreements_placement p ON p.id = k.placement_id
    WHERE k.secret_hash = secret AND k.ended_at IS NULL AND p.site_id = s.site_id AND p.state IN ('active', 'suspended')
      AND today BETWEEN p.starts_on AND coalesce(p.ended_on, p.ends_on)) c ON true
  WHERE s.code = poster AND s.ended_at IS NULL
$$;
"""
# What a person finds in the own area, read with the owner's rights: papers are the office's rows. The function narrows itself to the
# people of the scope, to placements that are or were, and to the papers made for them in easy words.
AREA = """
CREATE FUNCTION attendance_area()
RETURNS TABLE (placement_id bigint, company_id bigint, document_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH mine AS (
    SELECT p.id, p.company_id FROM agreements_placement p
    WHERE p.ambito_id = ANY (app_ids('ambiti')) AND p.beneficiary_id = ANY (app_only('beneficiary'))
      AND p.state IN ('to_sign', 'signed', 'validated', 'active', 'suspended', 'ended', 'ended_early', 'evaluated', 'closed'))
  SELECT m.id, m.company_id, NULL::bigint FROM mine m
  UNION ALL
  SELECT m.id, m.company_id, d.id
  FROM mine m JOIN core_document d ON d.subject_type = 'agreements.placement' AND d.subject_id = m.id
  WHERE d.kind IN ('agreements.pact', 'agreements.easy_week', 'attendance.easy_folder') AND d.state = 'ready'
    AND NOT EXISTS (SELECT 1 FROM core_document n WHERE n.supersedes_id = d.id)
  UNION ALL
  SELECT m.id, m.company_id, d.id
  FROM mine m JOIN attendance_monthallowance a ON a.placement_id = m.id
  JOIN core_document d ON d.subject_type = 'attendance.monthallowance' AND d.subject_id = a.id
  WHERE d.kind = 'attendance.slip' AND d.state = 'ready' AND NOT EXISTS (SELECT 1 FROM core_document n WHERE n.supersedes_id = d.id)
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("attendance", "0002_guards"), ("agreements", "0003_rules"), ("treasury", "0003_office_guards")]

    operations = [
        migrations.RunSQL(text, migrations.RunSQL.noop)
        for text in (EVENTS, PLANNED, SUMS, SHEETS, ALLOWANCES, PARTS, PORTAL_DOOR, MOVED, POSTER_DOOR, AREA)
    ]
