from django.db import migrations

MAKE = """
CREATE INDEX tag_by_prefix ON content_tag (photophore_plain(name) COLLATE "C", id);
CREATE INDEX post_by_words ON content_post USING gin (to_tsvector('simple', photophore_plain(caption)));
"""


class Migration(migrations.Migration):
    """Index hashtags by how they begin and captions by their words; `content.queries.search` writes the same."""

    dependencies = [("content", "0003_network"), ("core", "0003_search")]
    operations = [migrations.RunSQL(MAKE, "DROP INDEX post_by_words; DROP INDEX tag_by_prefix")]
