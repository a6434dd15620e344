"""What pages call the kinds, reasons and outcomes of cases, and what passes on connections. Decides nothing."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from notifications.models import Kind as Deed
from ops.models import Kind, Outcome, Reason

KINDS = {
    Kind.USER.value: pgettext_lazy("moderation", "Person"),
    Kind.POST.value: pgettext_lazy("moderation", "Post"),
    Kind.COMMENT.value: pgettext_lazy("moderation", "Comment"),
    Kind.APPEAL.value: pgettext_lazy("moderation", "Appeal"),
}
# Of a report, in the order in which they are offered; an appeal has none of them.
REASONS = {
    Reason.SPAM.value: _("Spam or fraud"),
    Reason.HARASSMENT.value: _("Bullying or harassment"),
    Reason.HATE.value: _("Hate"),
    Reason.VIOLENCE.value: _("Violence or threats"),
    Reason.NUDITY.value: _("Nudity or sex"),
    Reason.SELF_HARM.value: _("Self-harm"),
    Reason.IMPERSONATION.value: _("Pretends to be somebody else"),
    Reason.COPYRIGHT.value: _("It is my work, used without asking"),
    Reason.OTHER.value: _("Something else"),
}
OUTCOMES = {
    Outcome.DISMISS.value: _("Leave it"),
    Outcome.REMOVE.value: _("Remove it"),
    Outcome.SUSPEND.value: _("Suspend the person"),
    Outcome.REINSTATE.value: _("Lift the suspension"),
    Outcome.WITHDRAWN.value: pgettext_lazy("moderation", "Withdrawn"),
}
# What was done, in the list of a case; `who` is the moderator.
ACTS = {
    "claim": _("%(who)s claimed it."),
    "release": _("%(who)s let it go."),
    "reopen": _("%(who)s opened it anew."),
    Outcome.DISMISS.value: _("%(who)s left it."),
    Outcome.REMOVE.value: _("%(who)s removed it."),
    Outcome.SUSPEND.value: _("%(who)s suspended the person."),
    Outcome.REINSTATE.value: _("%(who)s lifted the suspension."),
}
# What its reporter is told of a decided case; what was done to somebody else is nobody's business but theirs.
FOUND = {
    Outcome.DISMISS.value: _("We looked at it, and it may stay."),
    Outcome.REMOVE.value: _("It was removed. Thank you."),
    Outcome.SUSPEND.value: _("We took action. Thank you."),
}
STATES = {
    "open": pgettext_lazy("moderation", "Open"),
    "mine": _("Claimed by me"),
    "closed": pgettext_lazy("moderation", "Closed"),
}
# Why a topic was granted, by its kind: what the rule of project.routing has asked.
GRANTS = {
    "post": _("They may see this post."),
    "profile": _("They may see this person's posts."),
    "feed": _("It is their own feed."),
    "presence": _("They follow each other, and neither hides it."),
    "ops": _("They are staff, with a second factor."),
    "moderation": _("They are staff, with a second factor."),
}
# What a connection is about, and how it stands.
CONNECTION = {
    "live": pgettext_lazy("connection", "Live"),
    "replaying": pgettext_lazy("connection", "Catching up"),
    "lagging": pgettext_lazy("connection", "Does not read"),
    "leaving": pgettext_lazy("connection", "Leaving"),
}
NODES = {
    "serving": pgettext_lazy("web process", "Serving"),
    "draining": pgettext_lazy("web process", "Draining"),
    "drained": pgettext_lazy("web process", "Drained"),
}
CHOICES = {
    "person": _("Person"),
    "session": _("Session"),
    "token": _("Token"),
    "app": _("App"),
    "version": _("Version"),
    "network": _("Addresses"),
    "transport": _("Transport"),
    "node": _("Node"),
    "connection": _("Connection"),
}
ENDS = {
    "time": _("It has ended: five minutes are over."),
    "stopped": _("It was stopped."),
    "closed": _("The connection has ended."),
}
# Deeds of which people are told, as operators read them.
DEEDS = {
    Deed.LIKE: _("like"),
    Deed.COMMENT: _("comment"),
    Deed.FOLLOW: _("follow"),
    Deed.REPLY: _("answer"),
    Deed.MENTION: _("mention"),
    Deed.COMMENT_LIKE: _("like of a comment"),
}
# Why a deed is not told: the names of notifications.entries.WHY_HIDDEN. After "Not told, because".
RULES = {
    "post": _("the post is archived or deleted."),
    "actor": _("who did it is suspended or has left."),
    "blocked_by": _("who did it has blocked this person."),
    "blocking": _("this person has blocked who did it."),
    "muted": _("this person has muted who did it."),
    "preference": _("this person does not want to hear of such things from them."),
    "post_muted": _("this person has muted the post."),
    "unseen": _("this person may not see the post."),
}
# What operators ask about.
ABOUT = {
    "post": pgettext_lazy("moderation", "Post"),
    "comment": pgettext_lazy("moderation", "Comment"),
    "notification": _("Notification"),
    "event": _("Event of the log"),
}
