"""What is kept and for how long: backups, pruning, verifying."""
