"""Loads, when it is imported, what confined work needs; the server that its processes are forked from imports it."""

from __future__ import annotations

import pyoxigraph

import harvester.cli
import portal.application
from config.messages import catalogue
from crosswalks.contract import crosswalk_table
from crosswalks.elm.check import check_file
from portal.api import jobs
from portal.sparql import answering

LOADED = (harvester.cli, portal.application, pyoxigraph, jobs, answering)
catalogue()
crosswalk_table()
check_file(b"<urn:a> a <http://data.europa.eu/snb/model/elm/LearningAchievementSpecification> .", "warm.ttl")
