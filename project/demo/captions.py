"""The posts of the demo in the order of time: who, which shots, what they say. Words only."""

from dataclasses import dataclass

from project.demo.album import Shot


@dataclass(frozen=True, slots=True)
class Script:
    """One post before it is made."""

    author: str
    shots: tuple[Shot, ...]
    caption: str


def _script(author: str, shots: str, caption: str) -> Script:
    return Script(author, tuple(map(Shot.parse, shots.split())), caption)


SCRIPTS = (
    _script("ana", "picos-de-europa", "First post. Four hours up, and the path still goes on. #mountains"),
    _script("ella", "chelsea-the-cat", "This is Chelsea. She has seen your fridge. #cats"),
    _script("ben", "espresso", "Testing the new beans. Verdict: again. #coffee"),
    _script("jonas", "nuthatch", "A nuthatch does the tree the wrong way round, as always. #birds"),
    _script("chloe", "paint-brushes", "Cleaned them all. It lasted a day. #studio"),
    _script("nora", "forest-stream", "Eleven kilometres. Wet socks. Worth it."),
    _script("rosa", "two-spaniels:portrait", "Pippa and Otto, head of security and his assistant. #dogs"),
    _script("dan", "bridge-cables", "Looking up at the right moment. #bridges"),
    _script("omar", "deep-field", "Not mine, of course, but I look at it every week. Every dot is a galaxy. #space"),
    _script("kiko", "pagoda", "Last hour of light at the lake. #travel"),
    _script("ines", "dahlia", "Six weeks of slug patrol for this one flower. #garden"),
    _script("hugo", "cameraman", "Self-portrait with the camera that weighs more than I do. #blackandwhite"),
    _script(
        "ana",
        "mountain-meadow forest-stream",
        "Up through the larches, down along the stream. @nora you would like it",
    ),
    _script("priya", "rocket", "T minus twelve hours. Nobody sleeps tonight. #launch #space"),
    _script("farid", "djembe-and-wine:portrait", "Rehearsal room, or living room. It depends whom you ask. #music"),
    _script("mateo", "half-fig", "Half for me. #food"),
    _script("quinn", "wooden-bird", "It turns a little whenever somebody opens the door. #smallrooms"),
    _script(
        "grace",
        "astronaut",
        "Showed my class the first woman who commanded a shuttle. Thirty hands went up. #space",
    ),
    _script("lena", "dandelions", "Weather permitted. #evening"),
    _script("sam", "sunset-ridge", "No. 41 of the collection. #sunset"),
    _script(
        "ben",
        "espresso:square paint-brushes:square",
        "Morning at @chloe's studio. I brought the coffee, she brought the mess.",
    ),
    _script("ana", "sunset-ridge:wide", "Stayed too long, walked down in the dark, no regrets. #mountains #sunset"),
    _script(
        "dan",
        "clock-face bridge-cables:square",
        "Two things that are always on time, and one that is mirrored. #rivets",
    ),
    _script("ella", "chelsea-the-cat:square", "Closer. #cats"),
    _script("jonas", "nuthatch:square wooden-bird", "One of these stayed still for the photo. #birds"),
    _script("chloe", "paint-brushes:close", "Palette of the week, before @ben spilled coffee on it."),
    _script(
        "ines",
        "dahlia:square dandelions:square",
        "The one I planted, and the ones that planted themselves. #garden",
    ),
    _script("nora", "mountain-meadow", "Further than it looks."),
    _script("grace", "deep-field rocket", "Homework: how long does the light take from here to there? #space"),
    _script("rosa", "two-spaniels:portrait", "The postman is late and it has been noticed. #dogs"),
    _script("omar", "deep-field sunset-ridge", "Waiting for it to get properly dark. #stars"),
    _script("hugo", "cameraman:portrait", "Grain is a feature."),
    _script(
        "ana",
        "picos-de-europa:portrait mountain-meadow sunset-ridge",
        "Three days, three valleys. Legs have filed a complaint. #mountains #hiking",
    ),
    _script(
        "kiko",
        "pagoda:portrait espresso:square",
        "There is always a café on the other side of the lake. @ben rated it 8/10.",
    ),
    _script("mateo", "half-fig:square espresso", "Breakfast, deconstructed. #food #coffee"),
    _script("farid", "djembe-and-wine:portrait", "The drum gets the best seat."),
    _script("priya", "rocket:portrait", "Vertical, because so is she. #launch"),
    _script(
        "sam",
        "sunset-ridge picos-de-europa:wide",
        "No. 47, and the hill it was taken from. Thanks for the tip @ana",
    ),
    _script("lena", "dandelions:square", "Make a wish; I have about four hundred left."),
    _script(
        "quinn",
        "clock-face:square wooden-bird:close",
        "Lamp inventory, part two. The clock has no lamp. I like it anyway. #smallrooms",
    ),
    _script("dan", "bridge-cables:square", "A cable-stayed bridge is a harp for very large hands. #bridges"),
    _script("ana", "forest-stream:portrait", "Filled the bottle here. Coldest water in the province. #hiking"),
    _script(
        "ella",
        "chelsea-the-cat two-spaniels:square",
        "Diplomatic meeting with @rosa's delegation. Talks continue. #cats #dogs",
    ),
    _script("ben", "espresso", "Day 19 without the good grinder. Morale is holding. #coffee"),
    _script(
        "chloe",
        "paint-brushes:square dahlia:portrait half-fig:square",
        "Orange, red, everything. Colours for the new book. Flower by @ines, fig by @mateo #studio",
    ),
    _script(
        "jonas",
        "dragonfly:portrait",
        "Not a bird. Stayed anyway. There is a dragonfly in here, look at the twig.",
    ),
    _script(
        "grace",
        "astronaut:portrait rocket deep-field:close",
        "Term project: past, present, and thirteen billion years ago. #space",
    ),
    _script("nora", "picos-de-europa forest-stream", "Uphill, then downhill."),
    _script("ines", "dragonfly dahlia:square", "Garden visitor, garden resident. #garden"),
    _script(
        "operator",
        "clock-face",
        "Who took these photographs? Real people, who share them freely: Aitzol Berasategi, Lukas Baubkus, Bolly, "
        "danielbuechele, Clemens Engelhardt, Sander Klootwijk, Jakub Mede, Rachel Michetti, NASA, Peter Nerlich, "
        "SpaceX, Trevor Freespace, Lav Varshney, Stefan van der Walt and vultilion. Some are cut here; the "
        "licences are in frontend/demo/ATTRIBUTION.md.",
    ),
    _script("rosa", "two-spaniels:square", "They heard the word walk. I had spelled it. #dogs"),
    _script(
        "hugo",
        "cameraman djembe-and-wine:portrait",
        "Photographed @farid's band. He moved. He always moves. #blackandwhite",
    ),
    _script("omar", "deep-field:close", "Zoomed in until I found one I had not noticed before. #stars"),
    _script("ana", "dandelions", "Rest day. Did nothing, and did it well. #evening"),
    _script(
        "kiko",
        "pagoda bridge-cables mountain-meadow sunset-ridge:wide",
        "One ticket, four stops. The slow train wins again. #travel #trains",
    ),
    _script("mateo", "half-fig", "The other half. It was for me, too. #food"),
    _script("priya", "rocket astronaut", "From the pad, with a smile from the archive. #launch #space"),
    _script("lena", "mountain-meadow sunset-ridge:wide", "Two kinds of gold. #autumn"),
    _script("ben", "espresso:square", "The grinder is BACK. #coffee"),
    _script("ella", "chelsea-the-cat:square", "She sits on whatever I am reading. Today: you. #cats"),
    _script("sam", "sunset-ridge:wide", "No. 50! Half a hundred suns. #sunset"),
    _script(
        "ana",
        "picos-de-europa:wide",
        "Back at the first path. It still goes on, and so do we. Who comes along on Sunday? @ben @chloe #mountains",
    ),
)

# For simulated posts, which may show anything.
AGAIN = (
    "Found on the way home.",
    "One from the archive. #throwback",
    "Could not decide, so you get this one.",
    "Testing, testing. #firstlight",
    "Sunday, more or less.",
    "No filter, no plan.",
    "For @ana, who asked.",
    "Still thinking about this place.",
    "Small things. #today",
    "Somebody had to photograph it.",
)
