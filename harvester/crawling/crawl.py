"""One crawl, in a process of its own that a nursery forked.

It talks to the rest of Kakehashi through the database only. Exit status: 0 the frontier is worked off, 3 the
structure of the source is broken (the issues are in the database), anything else is a fault.
"""

from __future__ import annotations

from typing import Any

from scrapy.crawler import Crawler, CrawlerProcess

from harvester.collecting import rare_collection
from harvester.crawling.budget import BUDGET, SPENT
from harvester.crawling.crawlspec import CrawlSpec
from harvester.crawling.desk import Desk
from harvester.crawling.download import BULK_FOLDER, CONNECT
from harvester.crawling.guard import ALLOW_LOOPBACK, ALLOWED_HOSTS
from harvester.crawling.pace import PACE
from harvester.crawling.patience import patiently
from harvester.crawling.retry import FIRST_WAIT, LONGEST_WAIT, RETRIES
from harvester.crawling.spider import FrontierSpider
from store.database import Database
from store.frontier import Frontier
from store.hosts import give_all_back
from store.payloads import PayloadStore
from store.runs import note_issues

STRUCTURE_BROKEN = 3
_LOOPBACK_CONCURRENCY = 16
_OFF = None
_EXTENSIONS = (
    "closespider.CloseSpider", "corestats.CoreStats", "feedexport.FeedExporter", "logcount.LogCount",
    "logstats.LogStats", "memdebug.MemoryDebugger", "memusage.MemoryUsage", "remote_control.RemoteControl",
    "spiderstate.SpiderState", "telnet.TelnetConsole",
)  # fmt: skip
_DOWNLOADER_MIDDLEWARES = (
    "cookies.CookiesMiddleware", "httpauth.HttpAuthMiddleware", "httpcache.HttpCacheMiddleware",
    "httpproxy.HttpProxyMiddleware", "offsite.OffsiteMiddleware", "redirect.MetaRefreshMiddleware",
    "retry.RetryMiddleware", "robotstxt.RobotsTxtMiddleware", "stats.DownloaderStats",
)  # fmt: skip
_SPIDER_MIDDLEWARES = (
    "depth.DepthMiddleware", "httperror.HttpErrorMiddleware", "metacopy.MetaCopyDetectionMiddleware",
    "urllength.UrlLengthMiddleware",
)  # fmt: skip
"""Parts of Scrapy that a crawl has no use for: not even loaded, which would take longer than many a harvest."""


def scrapy_settings(spec: CrawlSpec, spent: int = 0) -> dict[str, Any]:
    """Return Scrapy's settings for a crawl: every service off, certificates checked, sizes and times bounded.

    `spent` is how many requests of the run's budget are gone already.
    """
    manifest = spec.registry.manifest
    polite, limits = manifest.politeness, manifest.limits
    local = spec.allow_loopback
    return {
        "REMOTE_CONTROL_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "ROBOTSTXT_OBEY": polite.robots,
        "DOWNLOAD_HANDLERS": {
            "data": _OFF, "file": _OFF, "ftp": _OFF, "s3": _OFF,
            "http": "harvester.crawling.download.Downloader",
            "https": "harvester.crawling.download.Downloader",
        },
        "DOWNLOAD_MAXSIZE": limits.answer_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_TIMEOUT": limits.answer_seconds,
        "DOWNLOAD_DELAY": 0 if local else polite.delay,
        "CONCURRENT_REQUESTS": _LOOPBACK_CONCURRENCY if local else max(polite.concurrency, 1),
        "CONCURRENT_REQUESTS_PER_DOMAIN": _LOOPBACK_CONCURRENCY if local else polite.concurrency,
        "AUTOTHROTTLE_ENABLED": not local,
        "AUTOTHROTTLE_START_DELAY": polite.delay,
        "AUTOTHROTTLE_TARGET_CONCURRENCY": 1.0,
        "REDIRECT_MAX_TIMES": 5,
        "METAREFRESH_ENABLED": False,
        "REFERRER_POLICY": "no-referrer",
        "COOKIES_ENABLED": False,
        "HTTPPROXY_ENABLED": False,
        "RETRY_ENABLED": False,
        "MEMUSAGE_ENABLED": False,
        "LOGSTATS_INTERVAL": 0,
        "LOG_LEVEL": "WARNING",
        "STATS_DUMP": False,
        "USER_AGENT": spec.user_agent,
        "TWISTED_DNS_RESOLVER": "harvester.crawling.guard.GuardedResolver",
        "DNSCACHE_ENABLED": False,
        "DOWNLOADER_MIDDLEWARES": {
            **{f"scrapy.downloadermiddlewares.{name}": _OFF for name in _DOWNLOADER_MIDDLEWARES},
            "harvester.crawling.guard.AllowList": 50,
            "harvester.crawling.robots.CrawlDelay": 60,
            "harvester.crawling.robots.Robots": 100,
            "harvester.crawling.retry.PatientRetry": 550,
            "harvester.crawling.budget.Budget": 950,
        },
        "SPIDER_MIDDLEWARES": {f"scrapy.spidermiddlewares.{name}": _OFF for name in _SPIDER_MIDDLEWARES},
        "EXTENSIONS": {f"scrapy.extensions.{name}": _OFF for name in _EXTENSIONS},
        "CONCURRENT_ITEMS": 1,
        ALLOW_LOOPBACK: local,
        ALLOWED_HOSTS: spec.hosts,
        BUDGET: polite.requests_per_run,
        SPENT: spent,
        RETRIES: polite.retries,
        LONGEST_WAIT: polite.longest_wait,
        FIRST_WAIT: 0.1 if local else polite.delay,
        CONNECT: spec.connect,
        BULK_FOLDER: str(spec.payloads),
        PACE: {"database": spec.paced_in or spec.database, "run": None if spec.paced_in else spec.run_id,
               "delay": 0 if local else polite.delay, "longest": limits.answer_seconds,
               "most": max(polite.concurrency, 1)},
    }  # fmt: skip


def crawl(spec: CrawlSpec) -> int:
    """Run a crawl to its end and return the exit status."""
    database = Database(spec.database)
    frontier = Frontier(database, spec.run_id)
    patiently(lambda: give_all_back(database, spec.run_id))
    desk = Desk(spec, frontier, PayloadStore(spec.payloads, database))
    settings = scrapy_settings(spec, frontier.attempts())
    process = CrawlerProcess(settings)
    crawler: Crawler = process.create_crawler(FrontierSpider)
    process.crawl(crawler, desk=desk, at_once=settings["CONCURRENT_REQUESTS"])
    with rare_collection():
        process.start()
    spider = crawler.spider
    if not isinstance(spider, FrontierSpider):
        return 1
    note_issues(database, spec.run_id, spider.issues)
    database.close()
    if spider.fault:
        raise spider.fault
    return STRUCTURE_BROKEN if spider.issues else 0
