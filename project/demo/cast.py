"""The people of the demo: who they are. Makes no rows."""

import random
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from project.demo.album import Shot

HEROINE = "ana"  # whom people sign in as: most of what happens, happens to her
OPERATOR = "operator"
USUAL_CHARM = 0.4


@dataclass(frozen=True, slots=True)
class Member:
    """One person. `charm` is the chance that another one follows them."""

    username: str
    name: str
    bio: str
    avatar: Shot
    charm: float = USUAL_CHARM


CAST = (
    Member("ana", "Ana Ruiz", "Up a hill before breakfast. Bilbao.", Shot("mountain-meadow", "square"), 0.95),
    Member("ben", "Ben Okafor", "First coffee, then everything else.", Shot("espresso", "square"), 0.7),
    Member("operator", "Olga Petrova", "I keep the lights on here. Say hello.", Shot("clock-face", "square"), 0.2),
    Member(
        "chloe",
        "Chloé Martin",
        "Illustrator in Lyon.\nYes, that is paint on the keyboard.",
        Shot("paint-brushes", "square"),
        0.75,
    ),
    Member("dan", "Dan Novák", "Bridges, stations, anything with rivets.", Shot("bridge-cables", "square"), 0.45),
    Member("ella", "Ella Lindqvist", "Chelsea's staff.", Shot("chelsea-the-cat", "square"), 0.6),
    Member("farid", "Farid Haddad", "Plays the djembe. Neighbours are informed.", Shot("djembe-and-wine", "square")),
    Member("grace", "Grace Kim", "I teach physics, and look up a lot.", Shot("deep-field", "square"), 0.6),
    Member("hugo", "Hugo Bernard", "Black and white. Mostly grey, to be honest.", Shot("cameraman", "close"), 0.55),
    Member("ines", "Inês Carvalho", "Gardener. Ask me about slugs.", Shot("dahlia", "square"), 0.5),
    Member("jonas", "Jonas Weber", "Birds of one park, every day since 2019.", Shot("nuthatch", "square"), 0.45),
    Member("kiko", "Kiko Tanaka", "Slow travel, fast trains.", Shot("pagoda", "square"), 0.5),
    Member("lena", "Lena Fischer", "Weather permitting.", Shot("dandelions", "square")),
    Member("mateo", "Mateo Silva", "Cook. The fig is a fruit and a lifestyle.", Shot("half-fig", "square"), 0.45),
    Member("nora", "Nora Byrne", "Long walks, short captions.", Shot("forest-stream", "square")),
    Member("omar", "Omar Aziz", "Star parties and tripods.", Shot("picos-de-europa", "square")),
    Member("priya", "Priya Nair", "Launch photographer by luck, engineer by day.", Shot("rocket", "square"), 0.5),
    Member("quinn", "Quinn Harper", "they/them · lamps, chairs, small rooms", Shot("wooden-bird", "close"), 0.35),
    Member("rosa", "Rosa Conti", "Pippa and Otto, and the one who feeds them.", Shot("two-spaniels", "square"), 0.65),
    Member("sam", "Sam Taylor", "Sundown collector.", Shot("sunset-ridge", "square"), 0.35),
)

_FIRST = (
    "Ada Aino Alba Amir Anouk Arjun Bea Bruno Carmen Cosmo Dara Diego Edith Elif Emil Esme Femi Finn Freya Gael Hana "
    "Ida Idris Ivo Jana Joao Juno Kai Kofi Lars Leila Luca Mae Malik Maren Milo Mina Naomi Nils Noor Olive Oscar Otis "
    "Pia Rafa Ravi Remy Saga Selma Silas Suki Tariq Tess Theo Uma Vera Viggo Wren Yara Zeno"
)
_LAST = (
    "Abe Baker Costa Diaz Evans Frost Garcia Holm Ito Jansen Khan Lund Moreau Nagy Olsen Park Quist Rossi Santos Toth "
    "Usman Vance Wolf Young Zhou"
)
_BIOS = (
    "New here.",
    "Mostly photos of lunch.",
    "Here for the cats.",
    "Film when I can afford it.",
    "Cyclist, reader, bad gardener.",
    "I like it when it rains.",
    "",
)


def extras(taken: Collection[str], rng: random.Random) -> Iterator[Member]:
    """More people, whose usernames are not taken: as many as first and last names make."""
    pairs = [(first, last) for first in _FIRST.split() for last in _LAST.split()]
    rng.shuffle(pairs)
    for first, last in pairs:
        username = f"{first}.{last}".lower()
        if username not in taken:
            yield Member(username, f"{first} {last}", rng.choice(_BIOS), rng.choice(CAST).avatar)
