"""Commands of this room; the command line finds them by entry point."""
