from django.db import migrations

MAKE = """
CREATE TABLE realtime_epoch (value text NOT NULL);
INSERT INTO realtime_epoch SELECT substr(md5(gen_random_uuid()::text), 1, 6);
"""


class Migration(migrations.Migration):
    """Make the log's epoch: one row, no model, so that nothing but a restore ever changes it."""

    dependencies = [("realtime", "0001_initial")]
    operations = [migrations.RunSQL(MAKE, "DROP TABLE realtime_epoch")]
