"""Speed and memory against the route that most projects take, both measured in one run."""
