"""Measurements of the live path on the real processes. Proves nothing right: that is the tests' business."""
