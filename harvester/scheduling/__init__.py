"""When runs are due, how they are queued, and the workers that take them."""
