"""What a run came to, as a table that is printed at its end."""

from tests.faults.checker import NUMBERS

COLUMNS = ("errors", "doubtful", "ops", "shown", "reconnects", "offline s", "first good s", "caught up s")


class Table:
    """A row for each thing that was done to the site. Its `add` is the report's of tests/faults."""

    def __init__(self):
        self._rows = []
        self._errors = {}

    def add(self, row):
        self._rows.append(row)

    def errors(self, name, count):
        """How many answers of 5xx nginx gave while a row was under way."""
        self._errors[name] = count

    def lines(self):
        if not self._rows:
            return []
        names = ["", *NUMBERS, *COLUMNS]
        cells = [names, *([row.name, *map(str, self._cells(row))] for row in self._rows)]
        widths = [max(len(line[column]) for line in cells) for column in range(len(names))]
        return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in cells]

    def _cells(self, row):
        numbers = [row.numbers[name] for name in NUMBERS]
        seconds = (row.offline_seconds, row.first_good_seconds or 0.0, row.caught_up_seconds or 0.0)
        counts = [self._errors.get(row.name, "-"), row.doubtful, row.ops, row.shown, row.reconnects]
        return [*numbers, *counts, *(f"{value:.1f}" for value in seconds)]
