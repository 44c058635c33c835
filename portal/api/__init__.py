"""The API: what programs ask for in JSON, under `/api/v1`, as one table of operations tells it."""
