"""JMICRO, Japan: the home registry."""

from connectors.contract import Connector
from connectors.jmicro.parse import parse
from connectors.jmicro.people import redact
from connectors.jmicro.spider import JmicroSpider
from connectors.jmicro.standin import standin

connector = Connector(spider=JmicroSpider, parse=parse, redact=redact, standin=standin)
