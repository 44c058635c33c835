"""Every message a person can read: a code, Japanese and English text, a severity and a fix.

The texts are in the YAML files beside this module. An `Issue` is one occurrence of a message; the same
object goes to the log, the run report, the command line and every page.
"""

from config.messages.catalogue import Language, Message, Severity, catalogue, language_from_environment
from config.messages.issue import CodedError, Issue

__all__ = [
    "CodedError",
    "Issue",
    "Language",
    "Message",
    "Severity",
    "catalogue",
    "language_from_environment",
]
