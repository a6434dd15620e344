"""People: who someone is, how they prove it, and whom they follow."""
