"""Posts, photos, likes and comments. Knows no sockets."""
