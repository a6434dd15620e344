"""The browser's half, tested in a browser against a scripted server. No Django in here."""
