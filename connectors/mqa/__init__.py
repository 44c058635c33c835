"""MQA, Malaysia."""

from connectors.contract import Connector
from connectors.mqa.parse import join, parse
from connectors.mqa.spider import MqaSpider
from connectors.mqa.standin import standin
from connectors.redaction import redact

connector = Connector(spider=MqaSpider, parse=parse, redact=redact, standin=standin, join=join)
