"""`Post.visible_to` for many viewers at once, as SQL. Each line is a line of the policy there and in accounts.policies.

Where it stands there are a `post` and its `author`; a test holds the two policies equal.
"""

SEEN_BY = """
post.deleted_at IS NULL AND post.archived_at IS NULL
AND (post.author_id = {viewer} OR (post.published_at IS NOT NULL AND (post.visibility = 'public' OR EXISTS (
    SELECT FROM accounts_follow WHERE follower_id = {viewer} AND followee_id = author.id))))
AND author.is_active
AND (NOT author.is_private OR author.id = {viewer} OR EXISTS (
    SELECT FROM accounts_follow WHERE follower_id = {viewer} AND followee_id = author.id))
AND NOT EXISTS (SELECT FROM accounts_block WHERE blocker_id = {viewer} AND blocked_id = author.id)
AND NOT EXISTS (SELECT FROM accounts_block WHERE blocker_id = author.id AND blocked_id = {viewer})
"""
# Whether a viewer sees a post, in a statement about others.
SEES = (
    "EXISTS (SELECT FROM content_post AS post JOIN accounts_user AS author ON author.id = post.author_id "
    "WHERE post.id = {post} AND " + SEEN_BY + ")"
)
