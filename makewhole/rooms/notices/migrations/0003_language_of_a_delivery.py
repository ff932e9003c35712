from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notices", "0002_feedposition")]

    operations = [
        migrations.AlterField("delivery", "language", models.CharField(blank=True, max_length=10)),
    ]
