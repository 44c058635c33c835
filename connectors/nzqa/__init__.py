"""NZQA, New Zealand."""

from connectors.contract import Connector
from connectors.nzqa.merge import join, merge
from connectors.nzqa.parse import parse
from connectors.nzqa.people import redact
from connectors.nzqa.spider import NzqaSpider
from connectors.nzqa.standin import standin

connector = Connector(spider=NzqaSpider, parse=parse, redact=redact, standin=standin, merge=merge, join=join)
