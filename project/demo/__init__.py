"""The demo: people, posts and deeds to look at, and a simulation that goes on with them. Not for real people."""
