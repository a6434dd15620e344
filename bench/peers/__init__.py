"""What we compare ourselves with, each as its own documentation would have it."""
