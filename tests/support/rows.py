"""The rows of a person's list of notifications, as a client keeps them: drawn from REST, and from then on by frames."""


class Rows:
    """What is shown, by key; and the badge."""

    def __init__(self, items=(), unread=0):
        self.shown = {key_of(group): group for group in items}
        self.unread = unread

    def take(self, kind, data):
        """Take in a frame; those of other kinds change nothing."""
        if not kind.startswith("notification"):
            return
        self.unread = data["unread"]
        if "group" in data:
            self.shown.pop(data["id"], None)
            self._put(data["group"])
        for row in data.get("rows", ()):
            self.shown.pop(row["key"], None)
            self._put(row["group"])
        marks = {"seen": True} | ({"read": True} if kind == "notification.read" else {})
        self.shown |= {key: row | marks for key, row in self.shown.items() if row["id"] in data.get("ids", ())}

    def _put(self, group):
        if group:
            self.shown[key_of(group)] = group


def key_of(group):
    """What a row is replaced by: its group's id, or the key that it shares with others."""
    return group["across"]["key"] if group["across"] else group["id"]
