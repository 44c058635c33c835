"""The table of operations: what the API offers, in the order of its document."""

from __future__ import annotations

from portal.api import shapes
from portal.api.comparing import Comparisons
from portal.api.contract import Operation, Parameter
from portal.api.holdings import Holdings
from portal.api.posting import Posting
from portal.api.records import PAGE, RecordAnswers
from portal.public.entries import FACETS
from recognition.comparison import MOST

_FACET_EXAMPLES = {
    "country": "MY", "field": "ISCED-F:06", "level": "MQF", "delivery": "online", "recognition": "not_applied",
    "language": "ja",
}  # fmt: skip
_REGISTRY = Parameter("registry", "string", "Only records of this registry", "mqa", most=200)
_FILTERS = tuple(
    Parameter(name, "string", f"Only records with one of these values of the facet {name}; repeat it for several",
              _FACET_EXAMPLES.get(name, "not_stated"), most=12, many=True)
    for name in FACETS if name != "registry"
)  # fmt: skip
_NAME = Parameter("name", "string", "Name of the file; its ending helps to tell what it is", "list.ttl", most=200)
_EXAMPLES = {"name": "jmicro-aaaaaaaaaaaaaaaa", "number": "1", "schema": "mqa", "code": "record_removed"}
_WITH = Parameter("descriptor", "boolean", "With the whole descriptors", "true", default=True)
_LIST = (
    Parameter("limit", "integer", "Records on a page", PAGE, least=1, most=200, default=PAGE),
    Parameter("cursor", "string", "Where the list goes on: from `next` of the page before", "…"),
    Parameter("after", "integer", "Only what was published after this row of the log (an earlier `horizon`)", 0,
              most=10**15 - 1),
    Parameter("published_since", "moment", "Only what was published at this moment or later", "2026-11-01T00:00:00Z"),
    Parameter("deleted", "boolean", "Also records that were withdrawn", "true", default=False),
    _WITH,
)  # fmt: skip


def operations(
    records: RecordAnswers, comparisons: Comparisons, posting: Posting, holdings: Holdings
) -> tuple[Operation, ...]:
    """Return every operation but those that tell of the others."""
    return (
        Operation("listRecords", "GET", "/records", "Records, a page at a time, as of one point of the log",
                  "記録の一覧（ある時点の公開記録を、ページごとに）", shapes.RecordList, records.listed,
                  (*_LIST, _REGISTRY, *_FILTERS)),
        Operation("getRecord", "GET", "/records/{name}", "One record as it stands", "一つの記録",
                  shapes.RecordItem, records.one, (), (301, 404, 410), examples=_EXAMPLES),
        Operation("listVersions", "GET", "/records/{name}/versions", "Every version of a record, deletions among them",
                  "記録のすべての版", shapes.VersionList, records.versions, (), (404,), examples=_EXAMPLES),
        Operation("getVersion", "GET", "/records/{name}/versions/{number}", "One version of a record",
                  "記録の一つの版", shapes.RecordItem, records.version, (), (301, 404, 410), examples=_EXAMPLES),
        Operation("getLedger", "GET", "/records/{name}/ledger",
                  "What became of every field: on the way into the descriptor, or on a way out",
                  "各項目がどうなったか（台帳）", shapes.LedgerAnswer, records.ledger,
                  (Parameter("version", "integer", "Of this version; by default of the last", 1, least=1,
                             most=10**9),
                   Parameter("to", "string", "The way out to this schema, instead of the way in", "elm", most=40)),
                  (301, 404, 410, 422), examples=_EXAMPLES),
        Operation("search", "GET", "/search", "The best matches of words and facets, with counts",
                  "語と絞り込みによる検索", shapes.SearchAnswer, holdings.searched,
                  (Parameter("q", "string", "Words to find", "データ", most=200, required=True),
                   Parameter("limit", "integer", "How many", 20, least=1, most=100, default=20), _WITH, _REGISTRY,
                   *_FILTERS)),
        Operation("compare", "GET", "/comparison", "Two to six records side by side, heading by heading",
                  "二つから六つの記録を項目ごとに並べる", shapes.ComparisonAnswer, comparisons.compared,
                  (Parameter("ids", "string", "Names of the records, with commas between", "jmicro-a,jmicro-b",
                             most=MOST, many=True),),
                  (404, 410, 422), tag="comparison"),
        Operation("convert", "POST", "/convert", "A file in another schema, with the ledger of every record",
                  "ファイルを別の形式に変える（台帳つき）", shapes.ConversionAnswer, posting.converted,
                  (Parameter("to", "string", "Schema to write", "elm", most=40, required=True),
                   Parameter("from", "string", "Schema of the file; by default told by what it is", "jmicro", most=40),
                   Parameter("format", "string", "Serialisation of the schema; by default its first", "turtle",
                             most=40), _NAME),
                  (413, 415, 422), "check", takes_body=True, tag="files"),
        Operation("validate", "POST", "/validate", "What is wrong in a file, by reason, with examples and a fix",
                  "ファイルの検査（理由ごとに、例と直し方つき）", shapes.ValidationAnswer, posting.validated,
                  (Parameter("schema", "string", "Schema of the file; by default told by what it is", "elm", most=40),
                   Parameter("address", "string", "Where the file is, instead of sending it",
                             "https://registry.example/list.ttl", most=2000), _NAME),
                  (413, 415, 422), "check", takes_body=True, tag="files"),
        Operation("listRegistries", "GET", "/registries", "Every registry: terms, records, freshness",
                  "登録簿の一覧と鮮度", shapes.RegistryList, holdings.registries, tag="holdings"),
        Operation("getStatistics", "GET", "/statistics", "Figures of all that stands", "統計",
                  shapes.Statistics, holdings.statistics, tag="holdings"),
        Operation("listSchemas", "GET", "/schemas", "Schemas that are read and written, and their mapping tables",
                  "読み書きできる形式と対応表", shapes.SchemaList, holdings.schemas, tag="holdings"),
        Operation("getMappings", "GET", "/mappings/{schema}", "The rows of a schema's mapping tables",
                  "形式の対応表の行", shapes.MappingAnswer, holdings.mappings, (), (404,), tag="holdings",
                  examples=_EXAMPLES),
        Operation("getProblem", "GET", "/problems/{code}", "What the code of a problem means", "問題の符号の意味",
                  shapes.ProblemMeaning, holdings.problem, (), (404,), tag="about", examples=_EXAMPLES),
    )  # fmt: skip
