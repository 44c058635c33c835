"""Runs: schedule, fetch, parse, plan, publish, replay; and the command line."""
