"""Schemas, and the way between each of them and the JMICRO descriptor. Pure functions: no network, no database."""
