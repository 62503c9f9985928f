"""What the tables themselves keep of meetings, presences and costs."""

from django.db import migrations

# Two meetings of one edition share no minute.
APART = """
ALTER TABLE training_session ADD CONSTRAINT training_session_apart EXCLUDE USING gist (
  edition_id WITH =, tsrange("on" + starts_at, ("on" + starts_at) + minutes * interval '1 minute') WITH &&
);
"""
# A presence is of a meeting of the same edition, no longer than it, and stays as it is once the edition is closed.
FITS = """
CREATE FUNCTION training_presence_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM training_session s JOIN training_enrolment e ON e.edition_id = s.edition_id
                 WHERE s.id = NEW.session_id AND e.id = NEW.enrolment_id AND NEW.minutes <= s.minutes) THEN
    RAISE EXCEPTION 'a presence is longer than its meeting, or of another edition' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER training_presence_fits BEFORE INSERT OR UPDATE ON training_presence
  FOR EACH ROW EXECUTE FUNCTION training_presence_fits();
CREATE FUNCTION training_presence_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM training_enrolment e WHERE e.id = OLD.enrolment_id AND e.state IN ('attended', 'absent')) THEN
    RAISE EXCEPTION 'the attendance of this edition is closed' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER training_presence_kept BEFORE UPDATE OR DELETE ON training_presence
  FOR EACH ROW EXECUTE FUNCTION training_presence_kept();
"""
# A confirmed cost is a movement of the ledger: it stays as it was confirmed.
PAID = """
CREATE FUNCTION training_editioncost_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.confirmed_on IS NOT NULL THEN
    RAISE EXCEPTION 'a confirmed cost does not change' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER training_editioncost_kept BEFORE UPDATE OR DELETE ON training_editioncost
  FOR EACH ROW EXECUTE FUNCTION training_editioncost_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("training", "0002_guards")]

    operations = [migrations.RunSQL(text, migrations.RunSQL.noop) for text in (APART, FITS, PAID)]
