"""What the developers' pages print with."""
