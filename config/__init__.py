"""What a deployment sets, and the tables the field agrees on. Imports nothing above it."""
