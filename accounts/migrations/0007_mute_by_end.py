"""An index for the task that ends mutes each minute."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_search")]

    operations = [
        migrations.AddIndex(
            model_name="mute",
            index=models.Index("until", name="mute_by_end", condition=models.Q(until__isnull=False)),
        ),
    ]
