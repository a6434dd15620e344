from django.db import migrations

MAKE = """
CREATE INDEX user_by_words ON accounts_user
    USING gin (photophore_plain(username || ' ' || name) public.gin_trgm_ops);
"""


class Migration(migrations.Migration):
    """Index people by the letters of their names; `accounts.queries.search` writes the same expression."""

    dependencies = [("accounts", "0005_mutes_and_names"), ("core", "0003_search")]
    operations = [migrations.RunSQL(MAKE, "DROP INDEX user_by_words")]
