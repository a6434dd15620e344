"""The pieces of a search: words without accents and case, and what compares them so that an index helps. No table."""

from django.db.models import BooleanField, F, Func, Q, TextField, Value
from django.db.models.expressions import Combinable


def plain(words: Combinable | str) -> Func:
    """A column's words, or an expression's, without accents and case."""
    return Func(F(words) if isinstance(words, str) else words, function="photophore_plain", output_field=TextField())


def joined(*columns: str) -> Func:
    """The words of several columns, with spaces between."""
    return Func(*map(F, columns), template="(%(expressions)s)", arg_joiner=" || ' ' || ", output_field=TextField())


def begins(words: Combinable, text: str, *, any_word: bool = False) -> Q:
    """A condition: plain words begin with a text, or any word of them does; signs in it mean themselves."""
    literal = text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    patterns = (f"{literal}%", f"% {literal}%") if any_word else (f"{literal}%",)
    return Q(*(_compared(words, " LIKE ", plain(Value(pattern))) for pattern in patterns), _connector=Q.OR)


def resembles(words: Combinable, text: str) -> Func:
    """A condition: some of plain words have most of their letters in common with a text."""
    return _compared(plain(Value(text)), " <%% ", words)


def says(words: Combinable, text: str) -> Func:
    """A condition: plain words are what a text asks for, in the language of web searches: "…", OR and -."""
    vector = Func(Value("simple"), words, function="to_tsvector")
    return _compared(vector, " @@ ", Func(Value("simple"), plain(Value(text)), function="websearch_to_tsquery"))


def _compared(left: Combinable, operator: str, right: Combinable) -> Func:
    return Func(left, right, template="(%(expressions)s)", arg_joiner=operator, output_field=BooleanField())
