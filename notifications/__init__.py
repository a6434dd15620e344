"""What happened to you: grouped notifications and their read state."""
