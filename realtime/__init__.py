"""The live path: protocol, hub, log, topics. Knows topics and users, knows no posts."""
