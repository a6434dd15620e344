from django.db import migrations

# unaccent is only STABLE, as its dictionary may be changed; ours stays as it is, and an index needs a promise. Names are
# qualified: a restored dump builds its indexes without a search path.
MAKE = """
CREATE EXTENSION IF NOT EXISTS unaccent WITH SCHEMA public;
CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;
CREATE FUNCTION photophore_plain(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT lower(public.unaccent('public.unaccent', $1))
$$;
"""


class Migration(migrations.Migration):
    """Make what search compares: words without accents and case. The extensions stay if this is undone."""

    dependencies = [("core", "0002_cache")]
    operations = [migrations.RunSQL(MAKE, "DROP FUNCTION photophore_plain(text)")]
