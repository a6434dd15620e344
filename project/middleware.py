"""Who is asking: one crossing a request, before any view. Decides nothing."""
