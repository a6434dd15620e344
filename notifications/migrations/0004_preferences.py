import core.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0003_kinds_of_threads'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Preference',
            fields=[
                ('id', models.BigIntegerField(db_default=core.ids.NextId(), editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('like', 'Like'), ('comment', 'Comment'), ('follow', 'Follow'), ('reply', 'Reply'), ('mention', 'Mention'), ('comment_like', 'Comment Like')], max_length=12)),
                ('senders', models.CharField(choices=[('everyone', 'Everyone'), ('following', 'people I follow'), ('nobody', 'Nobody')], max_length=9)),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'notifications_preference',
                'constraints': [models.UniqueConstraint(models.F('user'), models.F('kind'), name='preference_once')],
            },
        ),
    ]
