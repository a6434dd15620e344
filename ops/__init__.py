"""Keeping people safe: reports, the cases that moderators decide, appeals, and the record of every act."""
