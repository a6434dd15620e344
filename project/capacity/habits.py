"""What people do in a day, and what that comes to in the busiest second."""

from dataclasses import dataclass, field, fields

DAY_SECONDS = 86_400
INSTAGRAM = "Instagram 2017: 400M people a day, 100M uploads, 4B+ likes (Guo, QCon London)"


def habit(default: float, what: str, source: str = "assumed") -> float:
    """A habit: its default, what it is, and who says so."""
    value: float = field(default=default, metadata={"what": what, "source": source})
    return value


@dataclass(frozen=True, slots=True)
class Habits:
    """What drives the model. Each may be given another value: `manage.py capacity --likes 5`."""

    daily: float = habit(0.5, "share of all people who come on a day")
    online: float = habit(
        0.02, "share of all people who are connected at the peak",
        "Mastodon's documentation: 50,000 accounts hold 800 to 1,200 streams",
    )  # fmt: skip
    peak: float = habit(2, "the busiest second, as a multiple of the mean")
    visit: float = habit(600, "seconds that a connection lasts")
    posts: float = habit(0.25, "posts of one photo a day, for each who comes", INSTAGRAM)
    likes: float = habit(10, "likes a day", INSTAGRAM)
    comments: float = habit(1, "comments a day")
    follows: float = habit(0.5, "follows a day")
    undos: float = habit(0.1, "undone, for each deed", "Instagram 2013: about 10 % of all transactions (Branson)")
    ends: float = habit(0.1, "log-outs, blocks and other ends of rights a day")
    followers: float = habit(100, "followers of who posts, below those whose posts are pulled")
    pages: float = habit(60, "pages and lists read a day")
    photos: float = habit(200, "photos looked at a day")
    frames: float = habit(0.2, "counters and states a second to each connection")
    seen_kb: float = habit(100, "kB of a photo that is looked at")
    kept_kb: float = habit(1000, "kB of a photo that is kept, all sizes")
    processing: float = habit(2, "seconds of a core to process a photo")
    row_bytes: float = habit(300, "bytes of a deed that stay in PostgreSQL, indexes included")
    years: float = habit(1, "years for which photos and rows were gathered")


HABITS = Habits()


class Demand:
    """What a number of people ask for in the busiest second."""

    def __init__(self, people: float, habits: Habits = HABITS) -> None:
        self.people, self.habits = people, habits
        self.sockets = people * habits.online
        self.connects = self.sockets / habits.visit
        self.frames = self.sockets * habits.frames
        deeds = (habits.likes + habits.comments + habits.follows + habits.posts) * (1 + habits.undos)
        self.deeds = self._second(deeds)
        self.events = 2 * self.deeds  # to whom it happens, and to who did it: as if both were there
        self.posts = self._second(habits.posts)
        self.ends = self._second(habits.ends)
        self.reads = self._second(habits.pages)
        self.media_bytes = self._second(habits.photos) * habits.seen_kb * 1000
        self.kept_bytes = self._ever(habits.posts) * habits.kept_kb * 1000
        self.row_bytes = self._ever(deeds) * habits.row_bytes

    def _second(self, a_day: float) -> float:
        return self.people * self.habits.daily * a_day / DAY_SECONDS * self.habits.peak

    def _ever(self, a_day: float) -> float:
        return self.people * self.habits.daily * a_day * 365 * self.habits.years


def described() -> list[tuple[str, float, str, str]]:
    """Each habit: its name, default, what it is, and who says so."""
    return [
        (one.name, getattr(HABITS, one.name), one.metadata["what"], one.metadata["source"]) for one in fields(Habits)
    ]
