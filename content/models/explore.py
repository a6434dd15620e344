"""What explore shows, in order. Columns and constraints; content.ranking fills them."""

from django.db import models

from content.models.posts import Post


class Ranked(models.Model):
    """A post's place in one ranking. Rankings stand beside each other for a while, so that pages of one meet."""

    id = models.BigAutoField(primary_key=True)
    ranking = models.BigIntegerField()  # the moment it was made, as an id
    rank = models.IntegerField()  # from 1
    post = models.ForeignKey(Post, models.CASCADE, related_name="+")

    class Meta:
        db_table = "content_ranked"
        constraints = (models.UniqueConstraint("ranking", "rank", name="rank_once"),)

    def __str__(self) -> str:
        return f"{self.post_id} is number {self.rank}"
