"""What people of the demo write under posts: general words, words on a subject, and authors' thanks. Words only."""

import random

GENERAL = (
    "This made my morning.",
    "Oh, I love this one.",
    "How did you get that light?",
    "Saving this for a grey day.",
    "More of these, please!",
    "I can almost hear it.",
    "Where is this?",
    "Perfect timing.",
    "You make it look easy.",
    "This should be a print. I would buy it.",
    "Wow.",
    "Beautifully seen.",
    "I keep coming back to this.",
    "What a mood.",
    "Was that with the old lens?",
    "Showed it to my mother. She approves.",
    "The colours!",
    "Ha, brilliant.",
    "That is my kind of afternoon.",
    "Take me along next time.",
    "Frame it.",
    "I looked twice, then a third time.",
    "Quietly great.",
    "10/10, no notes.",
    "Makes me want to go outside.",
    "❤️",
    "👏👏",
    "So calm.",
    "The corner on the left is my favourite.",
    "Good morning to this and nothing else.",
)

ON = {
    "picos-de-europa": ("My knees hurt from looking.", "Is there still snow in July?", "That path is calling."),
    "mountain-meadow": ("Autumn did that.", "I want to lie in that grass.", "Which valley is it?"),
    "forest-stream": ("You can smell the moss.", "Did you swim? Tell me you swam.", "Best sound in the world."),
    "sunset-ridge": ("One more for the collection.", "Worth the walk down in the dark.", "Golden."),
    "chelsea-the-cat": ("Those eyes know things.", "All hail Chelsea.", "She has judged me, and fairly."),
    "two-spaniels": ("Who let the dogs NOT out?", "Give both of them a biscuit from me.", "Excellent security."),
    "espresso": ("I need that right now.", "Which beans?", "The cup matches the table. Planned?"),
    "half-fig": ("Now I am hungry.", "That red against the grey!", "A still life, and breakfast."),
    "paint-brushes": ("The happiest mess.", "Do not clean them.", "What are you working on?"),
    "nuthatch": ("Upside down as ever!", "You need patience for that.", "Great catch."),
    "dragonfly": ("Found it! Took me a minute.", "Such wings.", "I still see only leaves."),
    "deep-field": ("And we worry about the traffic.", "Each dot a galaxy. I cannot hold that thought.", "Humbling."),
    "rocket": ("Go, go, go!", "Goosebumps.", "How far away did you stand?"),
    "astronaut": ("A hero of mine.", "That smile.", "My daughter wants the suit now."),
    "dahlia": ("It looks drawn.", "The slugs lost, then.", "Geometry!"),
    "dandelions": ("Do not breathe.", "Summer in one picture.", "My hay fever says no, my heart says yes."),
    "djembe-and-wine": ("When is the concert?", "The coffee mill is a nice touch.", "Cosy."),
    "wooden-bird": ("Where did you find it?", "Flying, in its way.", "Three moons."),
    "clock-face": ("Is it right, though?", "Took me a moment to read it.", "What time is it in there?"),
    "cameraman": ("Timeless.", "What film?", "Classic stance."),
    "pagoda": ("I was there in the rain. Yours is better.", "The roofs!", "On my list now."),
    "bridge-cables": ("So much sky.", "Lines, lines, lines.", "I like how little is in it."),
}

THANKS = ("Thank you!", "thanks, that means a lot", "You are too kind.", "Come along next time!", "Ha, exactly.", "🙏")


def on(photo: str, rng: random.Random) -> str:
    """A remark on a photo."""
    return rng.choice(ON[photo] * 3 + GENERAL) if photo in ON else rng.choice(GENERAL)


def thanks(username: str, rng: random.Random) -> str:
    """What an author answers."""
    return f"@{username} {rng.choice(THANKS)}"
