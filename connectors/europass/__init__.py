"""Europass, European Union: what national authorities publish to the Qualification Dataset Register."""

from connectors.contract import Connector
from connectors.europass.parse import parse
from connectors.europass.redact import redact
from connectors.europass.spider import EuropassSpider
from connectors.europass.standin import standin

connector = Connector(spider=EuropassSpider, parse=parse, redact=redact, standin=standin)
