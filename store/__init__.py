"""What Kakehashi keeps: runs, payloads, versions, the publication log. The only room that knows SQL."""
