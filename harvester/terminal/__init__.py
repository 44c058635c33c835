"""What every command shares with a person at a terminal: language, tables, text and wording."""
