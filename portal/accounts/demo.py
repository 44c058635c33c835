"""Accounts of the demonstration: with passwords that everybody knows, in the home of the demonstration only.

That home says of itself that it is one (`config.demonstration`); it always has a database of its own. Elsewhere these
accounts do not exist, and ones that came with a copied database cannot sign in.
"""

from __future__ import annotations

from config.demonstration import DemoAccount, demo_accounts, is_demo_home
from config.messages import CodedError
from config.settings import Settings
from portal.accounts.passwords import hashed
from store.accounts import account_named, add_account
from store.database import Database


def demo_accounts_of(settings: Settings) -> tuple[DemoAccount, ...]:
    """Return the accounts of the demonstration where it is one; none elsewhere."""
    return demo_accounts() if settings.database_url is None and is_demo_home(settings.home) else ()


def ensure_demo_accounts(database: Database, settings: Settings) -> None:
    """Make the accounts of the demonstration where it is one and they are not there yet."""
    for one in demo_accounts_of(settings):
        try:
            account_named(database, one.name)
        except CodedError:
            add_account(database, name=one.name, shown=one.shown, role=one.role, demo=True,
                        password=hashed(one.password, one.name))  # fmt: skip
