"""Event streams (LDES 1.0): every version of every record in order, and the word that one is gone."""

from connectors.contract import Connector
from connectors.ldes.parse import merge, parse
from connectors.ldes.redact import redact
from connectors.ldes.spider import LdesSpider
from connectors.ldes.standin import standin

connector = Connector(spider=LdesSpider, parse=parse, merge=merge, redact=redact, standin=standin)
