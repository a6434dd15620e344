from django.db import migrations

MAKE = """
CREATE TABLE cache (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
CREATE INDEX cache_expires ON cache (expires);
"""


class Migration(migrations.Migration):
    """Make the table of Django's database cache, which holds log-in limits: what `createcachetable` would make."""

    dependencies = [("core", "0001_photophore_id")]
    operations = [migrations.RunSQL(MAKE, "DROP TABLE cache")]
