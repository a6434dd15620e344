"""What `manage.py up` is made of: processes, their watchdog, an embedded PostgreSQL and Valkey. Knows no Django."""
