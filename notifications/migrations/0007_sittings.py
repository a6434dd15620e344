from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0006_seen'),
    ]

    operations = [
        migrations.AddField(
            model_name='group',
            name='left_sitting',
            field=models.CharField(db_collation='C', max_length=80, null=True),
        ),
        migrations.AddField(
            model_name='group',
            name='sitting',
            field=models.CharField(db_collation='C', max_length=80, null=True),
        ),
        migrations.AddIndex(
            model_name='group',
            index=models.Index(condition=models.Q(('sitting__isnull', False)), fields=['sitting', 'latest_id'], name='group_by_sitting'),
        ),
    ]
