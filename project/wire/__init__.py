"""The wire in words: `docs/protocol.md`, `/developers/protocol/` and the AsyncAPI description, from one source."""
