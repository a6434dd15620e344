import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0005_post_mutes'),
    ]

    operations = [
        migrations.AddField(
            model_name='group',
            name='seen_id',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.RemoveIndex(
            model_name='group',
            name='group_unread',
        ),
        migrations.AddIndex(
            model_name='group',
            index=models.Index(models.F('recipient'), condition=models.Q(('latest_id__gt', django.db.models.functions.comparison.Greatest('seen_id', 'read_id'))), name='group_unseen'),
        ),
    ]
