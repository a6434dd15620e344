from django.db import migrations

MAKE = """
CREATE SEQUENCE photophore_id_seq AS bigint CYCLE;
CREATE FUNCTION photophore_id() RETURNS bigint LANGUAGE sql VOLATILE AS $$
    SELECT ((floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint - 1767225600000) << 23)
         | ((coalesce(nullif(current_setting('photophore.shard', true), ''), '0')::bigint & 8191) << 10)
         | (nextval('photophore_id_seq') & 1023)
$$;
"""

UNMAKE = "DROP FUNCTION photophore_id(); DROP SEQUENCE photophore_id_seq;"


class Migration(migrations.Migration):
    """Make the function that makes ids; its bits are explained in core/ids.py."""

    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [migrations.RunSQL(MAKE, UNMAKE)]
