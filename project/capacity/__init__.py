"""The capacity model: how much a number of people ask of each part, which part is full first, and what takes over."""

from .habits import HABITS, Demand, Habits
from .parts import PARTS, Part

__all__ = ["HABITS", "PARTS", "Demand", "Habits", "Part"]
