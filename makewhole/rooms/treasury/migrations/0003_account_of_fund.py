from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("treasury", "0002_guards")]

    operations = [
        migrations.RemoveIndex(model_name="account", name="account_by_kind"),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(condition=models.Q(("kind", "fund")), fields=["asset"], name="account_of_fund"),
        ),
    ]
