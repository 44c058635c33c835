"""Pages for people: server-rendered, in Japanese and English, readable without a script."""
