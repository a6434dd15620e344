from django.db import migrations

CUT = """
ALTER TABLE user_event RENAME TO user_event_whole;
ALTER TABLE user_event_whole RENAME CONSTRAINT user_event_pkey TO user_event_whole_pkey;
CREATE TABLE user_event (
    user_id bigint NOT NULL,
    seq bigint NOT NULL,
    frame text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, seq, created_at)
) PARTITION BY RANGE (created_at);
CREATE TABLE user_event_default PARTITION OF user_event DEFAULT;
DO $$
DECLARE
    monday timestamp := date_trunc(
        'week', (SELECT coalesce(min(created_at), now()) FROM user_event_whole) AT TIME ZONE 'UTC'
    );
BEGIN
    WHILE monday < (now() + interval '28 days') AT TIME ZONE 'UTC' LOOP
        EXECUTE format(
            'CREATE TABLE user_event_%s PARTITION OF user_event FOR VALUES FROM (%L) TO (%L)',
            to_char(monday, 'YYYYMMDD'), monday AT TIME ZONE 'UTC', (monday + interval '7 days') AT TIME ZONE 'UTC'
        );
        monday := monday + interval '7 days';
    END LOOP;
END $$;
INSERT INTO user_event (user_id, seq, frame, created_at)
SELECT user_id, seq, frame, created_at FROM user_event_whole;
DROP TABLE user_event_whole;
"""

MEND = """
CREATE TABLE user_event_whole (
    user_id bigint NOT NULL,
    seq bigint NOT NULL,
    frame text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT user_event_whole_pkey PRIMARY KEY (user_id, seq)
);
INSERT INTO user_event_whole SELECT user_id, seq, frame, created_at FROM user_event;
DROP TABLE user_event;
ALTER TABLE user_event_whole RENAME TO user_event;
ALTER TABLE user_event RENAME CONSTRAINT user_event_whole_pkey TO user_event_pkey;
"""


class Migration(migrations.Migration):
    """Cut the log into weeks (realtime.partitions), with the rows that there are."""

    dependencies = [("realtime", "0003_tickets")]
    operations = [migrations.RunSQL(CUT, MEND)]
