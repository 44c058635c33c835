"""The commands of `kakehashi`, one module each."""
