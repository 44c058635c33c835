"""JV-Campus, Japan: courses of a Moodle site."""

from connectors.contract import Connector
from connectors.jvcampus.boxes import joined
from connectors.jvcampus.parse import parse
from connectors.jvcampus.redaction import redact
from connectors.jvcampus.spider import JvCampusSpider
from connectors.jvcampus.standin import standin

connector = Connector(spider=JvCampusSpider, parse=parse, redact=redact, standin=standin, join=joined)
