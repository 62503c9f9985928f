"""Pages of the site, their pictures and the consents are the network's: every office reaches them, and no company or holder of a link.

Everybody reads what is published through the site's selectors; the names of who agreed are the offices' alone.
"""

from django.db import migrations

from impresasolidale.core import sql
from impresasolidale.website.transitions import ARTICLE

NETWORK = ("network_id",)
# A consent is what made a picture lawful: it is revoked, once, and nothing else of it changes.
CONSENT = """
CREATE FUNCTION website_imageconsent_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'consent %: only its revocation is written, and once', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER website_imageconsent_kept BEFORE UPDATE ON website_imageconsent FOR EACH ROW
  WHEN ((OLD.photo_id, OLD.person, OLD.given_by, OLD.given_on, OLD.file_name, OLD.file_hash)
        IS DISTINCT FROM (NEW.photo_id, NEW.person, NEW.given_by, NEW.given_on, NEW.file_name, NEW.file_hash) OR OLD.revoked_on IS NOT NULL)
  EXECUTE FUNCTION website_imageconsent_kept();
"""
# Nothing is published with a picture of which somebody has not agreed, whoever writes it; revoking takes the picture away first.
AGREED = """
CREATE FUNCTION website_article_pictured() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM website_photo p WHERE p.article_id = NEW.id AND p.removed_at IS NULL AND (
      p.people > (SELECT count(*) FROM website_imageconsent c WHERE c.photo_id = p.id)
      OR EXISTS (SELECT FROM website_imageconsent c WHERE c.photo_id = p.id AND c.revoked_on IS NOT NULL)))
  THEN RAISE EXCEPTION 'article %: somebody in its picture has not agreed', NEW.id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER website_article_pictured BEFORE UPDATE ON website_article FOR EACH ROW
  WHEN (NEW.state = 'published' AND OLD.state <> 'published') EXECUTE FUNCTION website_article_pictured();
"""


class Migration(migrations.Migration):
    dependencies = [("website", "0001_initial"), ("hosts", "0002_guards"), ("core", "0003_guards")]

    operations = [
        *sql.protect("website_article", owner=NETWORK, office_only=True, pins={"company_id": "hosts_company"}),
        *sql.protect("website_photo", owner=NETWORK, office_only=True, pins={"article_id": "website_article"}),
        *sql.protect("website_imageconsent", owner=NETWORK, office_only=True, pins={"photo_id": "website_photo"}),
        *sql.transition_guard("website_article", ARTICLE),
        *sql.reasons_kept(ARTICLE),
        *sql.history("website_article"),
        *sql.history("website_photo"),
        *sql.history("website_imageconsent", hidden=["person", "given_by"]),
        migrations.RunSQL(CONSENT, "DROP FUNCTION website_imageconsent_kept() CASCADE;"),
        migrations.RunSQL(AGREED, "DROP FUNCTION website_article_pictured() CASCADE;"),
    ]
