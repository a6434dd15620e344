"""What each viewer may see, as data: the policy once more, by hand, beside the code that decides.

A row has a letter for each of world.VIEWERS, in their order; what the letters mean stands in surfaces.
"""

#          anon stranger pending follower blocked blocking owner moderator suspended
_ALL = {"page": "++++--+++", "rest": "!+++--++!", "socket": "++++--++!"}
_FEW = {"page": "---+--+--", "rest": "!--+--+-!", "socket": "---+--+-!"}
_OWN = {"page": "------+--", "rest": "!-----+-!", "socket": "------+-!"}
_NOBODY = {"page": "---------", "rest": "!-------!", "socket": "--------!"}

# Of a post: by its name in the world and the kind of surface.
POSTS = {
    "public": _ALL,
    "narrow": _FEW,
    "private": _FEW,
    "waiting": _OWN,
    "archived": _NOBODY,
    "deleted": _NOBODY,
    "banned": _NOBODY,
}

# Where a surface says less, or more, than its kind.
POSTS_BUT = {
    # Only what one follows is in a feed, and one's own; a visitor's front page has what anybody may see.
    ("feed", "public"): "!--+--+-!",
    ("feed page", "public"): "+--+--+-+",
    ("feed", "waiting"): "!-------!",
    ("feed page", "waiting"): "---------",
    # What is archived is frozen, and in no list: its author opens it by its address, and nobody does anything to it.
    ("page", "archived"): "------+--",
    ("post", "archived"): "!-----+-!",
    ("edits", "archived"): "!-----+-!",
    ("page of edits", "archived"): "------+--",
    ("media", "archived"): "------+--",
    ("media head", "archived"): "------+--",
    ("media range", "archived"): "------+--",
    ("media known", "archived"): "------+--",
    ("video", "archived"): "------+--",
    ("video head", "archived"): "------+--",
    ("video range", "archived"): "------+--",
    ("video beyond", "archived"): "------+--",
    ("video known", "archived"): "------+--",
    ("media proven", "archived"): "------+--",
    ("video proven", "archived"): "------+--",
    ("photo", "archived"): "!-----+-!",
    # Explore has what anybody may see, by people whom one does not follow.
    ("explore", "public"): "!++----+!",
    ("explore page", "public"): "!++----+!",
    **{
        (surface, post): "!-------!"
        for surface in ("explore", "explore page")
        for post in ("narrow", "private", "waiting", "archived", "deleted", "banned")
    },
    # What is not out is found by nobody.
    ("hashtag", "waiting"): "!-------!",
    ("hashtag page", "waiting"): "---------",
    ("search", "waiting"): "!-------!",
    ("search page", "waiting"): "!-------!",
    # Nobody reports what is theirs.
    ("report page", "public"): "!+++---+!",
    ("report page", "narrow"): "!--+----!",
    ("report page", "private"): "!--+----!",
    ("report page", "waiting"): "!-------!",
    # What was reported is for moderators, whosesoever it is and wherever it is gone.
    **{
        (surface, post): "!------+!"
        for surface in ("case", "case page", "cases", "cases page", "case photo", "case video")
        for post in POSTS
    },
    # Numbers, of nobody.
    **{(surface, post): "!------+!" for surface in ("console", "console history") for post in POSTS},
    # Who has deleted a post may bring it back for a while, and sees by its photo which it is.
    ("media", "deleted"): "------+--",
    ("media head", "deleted"): "------+--",
    ("media range", "deleted"): "------+--",
    ("media known", "deleted"): "------+--",
    ("video", "deleted"): "------+--",
    ("video head", "deleted"): "------+--",
    ("video range", "deleted"): "------+--",
    ("video beyond", "deleted"): "------+--",
    ("video known", "deleted"): "------+--",
    ("media proven", "deleted"): "------+--",
    ("video proven", "deleted"): "------+--",
    ("photo", "deleted"): "!-----+-!",
}

# Of a person: by their name in the world and the surface. A private person has a name and a face for everybody.
PEOPLE = {
    ("open", "profile page"): "++++-m+++",
    ("closed", "profile page"): "mmm+-m+mm",
    ("open", "profile"): "!+++-m++!",
    ("closed", "profile"): "!mm+-m+m!",
    # Whom one may name one may mute, but oneself.
    ("open", "mute page"): "!mmm-m-m!",
    ("closed", "mute page"): "!mmm-m-m!",
    ("open", "followers"): "!+++--++!",
    ("closed", "followers"): "!--+--+-!",
    ("open", "following"): "!+++--++!",
    ("closed", "following"): "!--+--+-!",
    ("open", "followers page"): "!+++--++!",
    ("closed", "followers page"): "!--+--+-!",
    ("open", "following page"): "!+++--++!",
    ("closed", "following page"): "!--+--+-!",
    # A private person is found by name, or nobody could ask to follow them.
    ("open", "search"): "!+++--++!",
    ("closed", "search"): "!+++--++!",
    ("open", "profile topic"): "++++--++!",
    ("closed", "profile topic"): "---+--+-!",
    # The followers of the world are followed back; nobody else is told who is here.
    ("open", "presence topic"): "---+--+-!",
    ("closed", "presence topic"): "---+--+-!",
    # Somebody's log has no topic, and what operators watch is for staff.
    ("open", "user topic"): "--------!",
    ("closed", "user topic"): "--------!",
    ("open", "ops topic"): "-------+!",
    ("closed", "ops topic"): "-------+!",
    ("open", "tail topic"): "-------+!",
    ("closed", "tail topic"): "-------+!",
    ("open", "moderation topic"): "-------+!",
    ("closed", "moderation topic"): "-------+!",
}
