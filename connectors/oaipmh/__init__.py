"""Sources that are harvested by OAI-PMH 2.0: whole records, and the word that one is gone."""

from connectors.contract import Connector
from connectors.oaipmh.parse import parse
from connectors.oaipmh.redact import redact
from connectors.oaipmh.spider import OaiSpider
from connectors.oaipmh.standin import standin

connector = Connector(spider=OaiSpider, parse=parse, redact=redact, standin=standin)
