"""Hashtags, and the posts under them. Columns and constraints; no behaviour."""

from django.db import models

from content.models.posts import Post
from content.text import MAX_TAG
from core.ids import id_field

MAX_TAGS = 30  # hashtags of one caption that count


class Tag(models.Model):
    """A hashtag, in lower case and without its sign."""

    id = id_field()
    name = models.CharField(max_length=MAX_TAG, unique=True)

    class Meta:
        db_table = "content_tag"

    def __str__(self) -> str:
        return f"#{self.name}"


class PostTag(models.Model):
    """A caption holds a hashtag."""

    id = id_field()
    tag = models.ForeignKey(Tag, models.CASCADE, db_index=False, related_name="+")
    post = models.ForeignKey(Post, models.CASCADE, db_index=False, related_name="tags")

    class Meta:
        db_table = "content_post_tag"
        constraints = (models.UniqueConstraint("post", "tag", name="tag_once"),)
        indexes = (models.Index(fields=["tag", "-post"], name="post_by_tag"),)

    def __str__(self) -> str:
        return f"{self.post_id} under {self.tag_id}"
