"""Who may do what: accounts, sessions, keys of machines, and the door that every request passes."""
