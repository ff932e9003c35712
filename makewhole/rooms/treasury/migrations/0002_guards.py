"""What the database itself refuses: editing the books, and transfers that do not add up (I1)."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION treasury_entry_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'entries of the ledger are never changed or removed; correct them with a new transfer'
    USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER treasury_entry_is_final BEFORE UPDATE OR DELETE ON treasury_entry
  FOR EACH ROW EXECUTE FUNCTION treasury_entry_is_final();

CREATE FUNCTION treasury_transfer_resolves_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.state = 'pending' AND NEW.state IN ('posted', 'voided')
     AND (NEW.id, NEW.act, NEW.reference, NEW.merchant_id, NEW.order_id, NEW.case_id, NEW.planned, NEW.created_at)
       IS NOT DISTINCT FROM
         (OLD.id, OLD.act, OLD.reference, OLD.merchant_id, OLD.order_id, OLD.case_id, OLD.planned, OLD.created_at)
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'transfer % % is %: a transfer only goes from pending to posted or voided, once',
    OLD.act, OLD.reference, OLD.state USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER treasury_transfer_resolves_once BEFORE UPDATE OR DELETE ON treasury_transfer
  FOR EACH ROW EXECUTE FUNCTION treasury_transfer_resolves_once();

CREATE FUNCTION treasury_entries_sum_to_zero() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  wrong record;
BEGIN
  SELECT fresh.transfer_id, account.asset, sum(fresh.amount_minor) AS total INTO wrong
    FROM fresh JOIN treasury_account account ON account.id = fresh.account_id
   GROUP BY fresh.transfer_id, account.asset HAVING sum(fresh.amount_minor) <> 0 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'the entries of transfer % sum to % %, not to zero', wrong.transfer_id, wrong.total, wrong.asset
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER treasury_entries_sum_to_zero AFTER INSERT ON treasury_entry
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION treasury_entries_sum_to_zero();
"""

UNGUARD = """
DROP TRIGGER treasury_entries_sum_to_zero ON treasury_entry;
DROP TRIGGER treasury_transfer_resolves_once ON treasury_transfer;
DROP TRIGGER treasury_entry_is_final ON treasury_entry;
DROP FUNCTION treasury_entries_sum_to_zero();
DROP FUNCTION treasury_transfer_resolves_once();
DROP FUNCTION treasury_entry_is_final();
"""


class Migration(migrations.Migration):
    dependencies = [("treasury", "0001_initial")]

    operations = [migrations.RunSQL(GUARDS, UNGUARD)]
