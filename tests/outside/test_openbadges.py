"""Our badges as other people's JSON-LD processors read them, with the official contexts of Open Badges."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from rdflib import RDF, Literal, URIRef

from crosswalks.contract import crosswalk_for
from crosswalks.descriptor.model import Descriptor
from crosswalks.openbadges.dump import OB2_CONTEXT, OB3_CONTEXT
from crosswalks.openbadges.extension import CONTEXT_PATH, PUBLIC_BASE, TERMS_PATH, context, terms
from tests.crosswalks.descriptor.strategies import descriptors
from tests.outside.judged_jsonld import graph_of, values_lost

pytestmark = pytest.mark.judges
BADGES = crosswalk_for("openbadges")
GOLDENS = sorted((BADGES.folder / "goldens").glob("*.ob*.json"))
OB3 = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"
OB2 = "https://w3id.org/openbadges#"
OUR = PUBLIC_BASE + TERMS_PATH
REQUIRED = {"ob3": {"id", "type", "name", "description", "criteria"}, "ob2": {"id", "type", "name", "description"}}


@pytest.fixture(scope="module")
def known(judges: Path) -> dict[str, dict[str, Any]]:
    folder = judges / "schemas" / "openbadges"
    official = {OB3_CONTEXT: "ob-v3p0-context-3.0.3.json", OB2_CONTEXT: "ob-v2p0-context.json"}
    read = {name: orjson.loads((folder / file).read_bytes()) for name, file in official.items()}
    return {PUBLIC_BASE + CONTEXT_PATH: context(), **read}


def test_no_term_of_ours_has_the_name_of_one_of_open_badges(known: dict[str, dict[str, Any]]) -> None:
    ours = {term.name for term in terms().values()}
    official = known[OB3_CONTEXT]["@context"]
    assert len(official) > 20
    assert not ours & set(official)
    assert not ours & set(official["Achievement"]["@context"])


def document(descriptor: Descriptor, form: str) -> dict[str, Any]:
    assert BADGES.write is not None
    assert BADGES.dump is not None
    out = io.BytesIO()
    BADGES.dump([BADGES.write(descriptor).value], form, out, {})
    made: dict[str, Any] = orjson.loads(out.getvalue())
    return made


@pytest.mark.parametrize("form", sorted(BADGES.formats))
def test_processors_agree_on_generated_badges(form: str, known: dict[str, dict[str, Any]]) -> None:
    @given(descriptors())
    @settings(
        max_examples=25, deadline=None, phases=(Phase.explicit, Phase.generate), suppress_health_check=list(HealthCheck)
    )
    def agree(descriptor: Descriptor) -> None:
        made = document(descriptor, form)
        assert set(made) >= REQUIRED[form]
        graph = graph_of(made, known)
        kind = OB3 + "Achievement" if form == "ob3" else OB2 + "BadgeClass"
        assert (URIRef(descriptor.id), RDF.type, URIRef(kind)) in graph

    agree()


def test_there_are_goldens() -> None:
    assert GOLDENS


@pytest.mark.parametrize("path", GOLDENS, ids=lambda path: path.name)
def test_no_value_of_a_badge_is_lost_on_other_processors(path: Path, known: dict[str, dict[str, Any]]) -> None:
    made = orjson.loads(path.read_bytes())
    graph = graph_of(made, known)
    silent = values_lost(made, known)
    assert silent <= {made.get("@language")}, silent
    hours = list(graph.objects(None, URIRef(OUR + "totalHours")))
    assert hours == [Literal("45")]
    assert "MicroCredential" in {str(value) for value in graph.objects(None, URIRef(OB3 + "achievementType"))} or (
        path.name.endswith("ob2.json")
    )
