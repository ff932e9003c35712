"""Room on the pages of rows that change soon after they are written, and no index that nobody needs.

An account and a payment change when an order is paid: with room beside them the new version needs no new entry in any
index. Django makes a second index for `LIKE` on every text that is a key; instructions are only ever looked up whole.
"""

from django.db import migrations

ROOM = """
ALTER TABLE treasury_account SET (fillfactor = 80);
ALTER TABLE treasury_payment SET (fillfactor = 80);
DROP INDEX IF EXISTS treasury_instruction_reference_200d1557_like;
"""

NO_ROOM = """
ALTER TABLE treasury_account RESET (fillfactor);
ALTER TABLE treasury_payment RESET (fillfactor);
CREATE INDEX treasury_instruction_reference_200d1557_like ON treasury_instruction (reference varchar_pattern_ops);
"""


class Migration(migrations.Migration):
    dependencies = [("treasury", "0004_heads_and_payouts_under_way")]

    operations = [migrations.RunSQL(ROOM, NO_ROOM)]
