"""`kakehashi decide`: opening a decision and taking its steps."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import click

from config.settings import settings
from harvester.terminal.console import Console, common_options
from harvester.workplace import Workplace
from recognition.commands.deciding_shown import show_decision, show_decisions
from recognition.criteria import purposes
from recognition.deciding import Asked, DecisionView, open_decision, reopen_changed
from recognition.deciding import act as take_step
from recognition.deciding import approve as approve_proposal
from recognition.deciding import decision as find_decision
from recognition.deciding import propose as propose_terms
from recognition.deciding import refuse as refuse_proposal
from recognition.deciding import submit as submit_listing
from recognition.decisions.lifecycle import TRACKS, life_cycle, member_classes
from recognition.decisions.model import Terms

_WHY = click.option("--why", required=True, metavar="REASON", help="Why; it stays with the step.")
_NUMBER = click.argument("number", metavar="DECISION", type=int)
_VERDICTS = list(dict.fromkeys(name for track in TRACKS for name in life_cycle(track).verdicts))
_DAY = click.DateTime(["%Y-%m-%d"])


@click.group(short_help="Open a decision on recognition and take its steps.")
def decide() -> None:
    """Open a decision on recognition and take its steps. Every step has a person and a reason, and stays.

    A home listing goes the way of the recognition life cycle: open, submit, review, propose, approve. A foreign
    credential is put before a receiving body: open, propose, approve. Nothing is ever edited; what was decided is
    superseded by a decision of its own.

    \b
    Example:
      kakehashi decide open jmicro-46z2 --why "application of the provider" --as "A. Member"
    """  # noqa: D301


@decide.command("open", short_help="Open a decision about a record.")
@click.argument("record", metavar="ID")
@click.option("--purpose", type=click.Choice(list(purposes())), default="listing", show_default=True,
              help="What recognition is sought for.")  # fmt: skip
@click.option("--receiving", metavar="BODY", default="", help="The body that decides about a foreign credential.")
@click.option("--framework", metavar="SCHEME", help="Its framework of levels, for instance NZQCF.")
@click.option("--details", metavar="TEXT", default="", help="More on the question.")
@click.option("--dossier", metavar="KEY", help="The kept dossier that the decision rests on.")
@click.option("--not-applicable", is_flag=True, help="Only note that recognition does not apply to a home listing.")
@_WHY
@common_options
def open_one(
    console: Console,
    *,
    record: str,
    purpose: str,
    receiving: str,
    framework: str | None,
    details: str,
    dossier: str | None,
    not_applicable: bool,
    why: str,
) -> None:
    """Open a decision about a record: of the home life cycle for a home listing, else about a foreign credential.

    With --json: as `kakehashi decide show --json`.

    \b
    Example:
      kakehashi decide open jmicro-46z2 --why "application of the provider" --as "A. Member"
      kakehashi decide open nzqa-2b7c --purpose credit --receiving "Example University" --why "asked by the faculty"
    """  # noqa: D301
    asked = Asked(purpose=purpose, receiving=receiving, details=details, framework=framework, dossier=dossier,
                  not_applicable=not_applicable)  # fmt: skip
    _done(console, open_decision(_place(), console.actor, record, asked, why))


@decide.command(short_help="Begin a decision that takes the place of one in force.")
@_NUMBER
@_WHY
@common_options
def supersede(console: Console, number: int, why: str) -> None:
    """Begin a decision on the same question that takes the place of DECISION once it is approved.

    Until then the earlier one stands. With --json: as `kakehashi decide show --json`.

    \b
    Example:
      kakehashi decide supersede 12 --why "the outcomes were rewritten" --as "A. Member"
    """  # noqa: D301
    before = find_decision(_place(), number).opened
    asked = Asked(purpose=before.purpose, receiving=before.receiving, details=before.details,
                  framework=before.framework, dossier=before.dossier, supersedes=number)  # fmt: skip
    _done(console, open_decision(_place(), console.actor, before.record, asked, why))


@decide.command(short_help="Submit a home listing for review.")
@_NUMBER
@click.option("--member-class", type=click.Choice(list(member_classes())), required=True,
              help="The class of the member that applies.")  # fmt: skip
@_WHY
@common_options
def submit(console: Console, number: int, member_class: str, why: str) -> None:
    """Submit a home listing for review, as it is published now. Only some classes of members may apply.

    With --json: as `kakehashi decide show --json`.

    \b
    Example:
      kakehashi decide submit 12 --member-class ordinary --why "application of 3 April" --as "A. Member"
    """  # noqa: D301
    _done(console, submit_listing(_place(), console.actor, number, member_class=member_class, why=why))


@decide.command(short_help="Propose a verdict.")
@_NUMBER
@click.argument("verdict", type=click.Choice(_VERDICTS))
@_WHY
@click.option("--condition", "conditions", metavar="TEXT", multiple=True, help="A condition; may be given again.")
@click.option("--covers", metavar="TEXT", default="", help="What a partial recognition covers.")
@click.option("--measures", metavar="TEXT", default="", help="What would close the gap, where recognition is denied.")
@click.option("--appeal", metavar="TEXT", default="", help="Where to object.")
@click.option("--from", "begins", type=_DAY, metavar="DATE", help="First day; by default that of the approval.")
@click.option("--until", "ends", type=_DAY, metavar="DATE", help="Last day; without it no end is stated.")
@click.option("--review", type=_DAY, metavar="DATE", help="When to look at it again.")
@click.option("--mark", is_flag=True, help="Grant a home listing the certification mark.")
@click.option("--framework-version", metavar="TEXT", help="What a home listing was judged against.")
@click.option("--recognition-number", "number_given", metavar="TEXT", help="The recognition number of a home listing.")
@common_options
def propose(
    console: Console,
    *,
    number: int,
    verdict: str,
    why: str,
    conditions: tuple[str, ...],
    covers: str,
    measures: str,
    appeal: str,
    begins: datetime | None,
    ends: datetime | None,
    review: datetime | None,
    mark: bool,
    framework_version: str | None,
    number_given: str | None,
) -> None:
    """Propose a VERDICT: recognise, reject, renew or reinstate a home listing; full, partial or conditional
    recognition, none, or undecided for a foreign credential; renew for either. No date is made up.

    With --json: as `kakehashi decide show --json`.

    \b
    Example:
      kakehashi decide propose 12 recognise --mark --until 2029-03-31 --why "meets every heading" --as "A. Member"
      kakehashi decide propose 13 conditional --condition "an interview" --why "no assessment is stated"
    """  # noqa: D301
    terms = Terms(
        verdict=verdict, conditions=conditions, covers=covers, measures=measures, appeal=appeal,
        valid_from=_day(begins), valid_until=_day(ends), next_review=_day(review), mark=mark,
        framework_version=framework_version, number=number_given,
    )  # fmt: skip
    _done(console, propose_terms(_place(), console.actor, number, terms, why=why))


@decide.command(short_help="Approve what is proposed.")
@_NUMBER
@_WHY
@common_options
def approve(console: Console, number: int, why: str) -> None:
    """Approve what is proposed. Where KAKEHASHI_FOUR_EYES is on, somebody else than the proposer has to.

    Refused when the record, a mapping or a level row has changed since. With --json: as `kakehashi decide show --json`.

    \b
    Example:
      kakehashi decide approve 12 --why "committee of 12 May" --as "B. Member"
    """  # noqa: D301
    _done(console, approve_proposal(_place(), console.actor, number, why=why))


@decide.command(short_help="Refuse what is proposed.")
@_NUMBER
@_WHY
@common_options
def refuse(console: Console, number: int, why: str) -> None:
    """Refuse what is proposed; the decision stands as before. To deny recognition, propose `reject` or `none`.

    With --json: as `kakehashi decide show --json`.

    \b
    Example:
      kakehashi decide refuse 12 --why "the assessment is not described" --as "B. Member"
    """  # noqa: D301
    _done(console, refuse_proposal(_place(), console.actor, number, why=why))


@decide.command(short_help="Show a decision with its steps.")
@_NUMBER
@common_options
def show(console: Console, number: int) -> None:
    """Show where a decision stands today, every step, and what can be done now.

    With --json: `opened`, `standing`, `steps`, `changes`, `may`, `verdicts` and `due_on`.

    \b
    Example:
      kakehashi decide show 1
    """  # noqa: D301
    _done(console, find_decision(_place(), number))


@decide.command(short_help="Re-open decisions whose ground has changed.")
@common_options
def check(console: Console) -> None:
    """Look at every decision in force, and re-open those whose record, mapping or level row has changed, saying why.

    What changed counts from the moment it changed; this writes it down. With --json: `reopened`, a list of decisions as
    `kakehashi decide show --json` gives them.

    \b
    Example:
      kakehashi decide check
    """  # noqa: D301
    found = reopen_changed(_place())
    if console.as_json:
        console.emit({"reopened": [view.model_dump(mode="json") for view in found]})
        return
    console.screen.print(console.word("decisions_reopened", count=len(found)))
    if found:
        show_decisions(console, found)


def _plain(name: str, short: str, long: str, example: str) -> None:
    """Add the command of a plain step."""

    def step(console: Console, number: int, why: str) -> None:
        _done(console, take_step(_place(), console.actor, number, name, why=why))

    step.__doc__ = f"{long}\n\nWith --json: as `kakehashi decide show --json`.\n\n\b\nExample:\n  {example}\n"
    decide.command(name, short_help=short)(_NUMBER(_WHY(common_options(step))))


_plain("review", "Take a submitted listing under review.", "Take a submitted home listing under review.",
       'kakehashi decide review 12 --why "two reviewers found" --as "A. Member"')  # fmt: skip
_plain("return", "Return an application for what is missing.", "Return an application: something is missing.",
       'kakehashi decide return 12 --why "no assessment is described" --as "A. Member"')  # fmt: skip
_plain("revise", "Take a returned or refused listing back to draft.",
       "Take a listing back to draft, to be submitted again.",
       'kakehashi decide revise 12 --why "the provider adds the assessment" --as "A. Member"')  # fmt: skip
_plain("suspend", "Suspend a recognition.", "Suspend the recognition of a home listing; its mark may not be shown.",
       'kakehashi decide suspend 12 --why "evidence is in doubt" --as "A. Member"')  # fmt: skip
_plain("withdraw", "Withdraw what was decided.", "Withdraw what was decided, or a question nobody asks any more.",
       'kakehashi decide withdraw 12 --why "the certificates were not genuine" --as "A. Member"')  # fmt: skip
_plain("discontinue", "Note that a recognised listing is no longer offered.",
       "Note that the provider has stopped; those who hold the credential keep it.",
       'kakehashi decide discontinue 12 --why "last course in March" --as "A. Member"')  # fmt: skip


def _place() -> Workplace:
    return Workplace.of(settings())


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _done(console: Console, view: DecisionView) -> None:
    told: dict[str, Any] = view.model_dump(mode="json")
    console.emit(told) if console.as_json else show_decision(console, view)
