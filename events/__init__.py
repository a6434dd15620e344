"""The event vocabulary and the outbox. Knows nothing of what anybody does with an event."""
