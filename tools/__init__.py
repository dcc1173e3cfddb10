"""What ./dev is made of; the standard library alone, so that it runs at once."""
