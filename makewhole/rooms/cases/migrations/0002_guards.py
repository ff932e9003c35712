"""What the database itself refuses: changing what happened. And the moment an event is recorded, for the feed."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION cases_event_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'events of a case are never changed or removed; what happened next is a new event'
    USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER cases_event_is_final BEFORE UPDATE OR DELETE ON cases_event
  FOR EACH ROW EXECUTE FUNCTION cases_event_is_final();

ALTER TABLE cases_event ALTER COLUMN recorded_at SET DEFAULT clock_timestamp();
"""

UNGUARD = """
DROP TRIGGER cases_event_is_final ON cases_event;
DROP FUNCTION cases_event_is_final();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [migrations.RunSQL(GUARDS, UNGUARD)]
