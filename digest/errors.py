"""The error tree: one class per thing that failed, fields instead of prose.

    DigestError
      UsageError(message)                     the command's words do not fit; exit 2
      ConfigError(problems)                   all problems of a file at once; exit 2
      NothingToReportError(message)           no entries in the period; exit 1
      SourceError(source, message)            recorded on the source; the run goes on
        FetchError(url, message, status, retry_after)
          FetchRefusedError(reason)           an address or scheme we do not go to
        ParseError(source, message)
      ExtractError(entry, message)            fall back to the summary
      StoreError(message)
        MigrationError · NotFoundError · ConflictError · BusyError(holder)
      DraftError(path, line, message)         a draft a person left that cannot be read
      GateError(message)                      an issue with errors is not published or mailed
      RenderError(template, line, message)    nothing is written
      OutputError(path, message)              a file that cannot be written; the old one stands
      DeliveryError(address, message, temporary)
        OutcomeUnknownError(address, message)  the reply to the final dot was lost

``cli`` and ``desk`` turn a DigestError into one sentence; anything else is a bug and surfaces.
A foreign exception is translated once, in the module that called the library, by ``raise … from``.
"""

from __future__ import annotations

from datetime import timedelta

from digest.model import Problem


class DigestError(Exception):
    """Root of all expected failures; ``str()`` is one sentence that says what to do.

    ``code`` is a stable name for programs, ``where`` the place it is about.
    """

    code = "error"
    exit_code = 1

    def __init__(self, message: str, *, where: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.where = where

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


class UsageError(DigestError):
    """The words of a command do not fit together."""

    code = "usage"
    exit_code = 2


class ConfigError(DigestError):
    """Everything that is wrong with a configuration, at once."""

    code = "config"
    exit_code = 2

    def __init__(self, problems: tuple[Problem, ...], *, where: str | None = None) -> None:
        lines = [f"{p.where}: {p.message}" if p.where else p.message for p in problems]
        super().__init__("\n".join(lines), where=None)
        self.problems = problems
        self.where = where

    def __str__(self) -> str:
        return self.message


class NothingToReportError(DigestError):
    """The period holds no entries, so no issue is built."""

    code = "nothing-to-report"


class SourceError(DigestError):
    """One source failed; ``where`` is its name or address."""

    code = "source"


class FetchError(SourceError):
    """A request failed; ``where`` is the address without userinfo."""

    code = "fetch"

    def __init__(
        self,
        message: str,
        *,
        where: str | None = None,
        status: int | None = None,
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(message, where=where)
        self.status = status
        self.retry_after = retry_after


class FetchRefusedError(FetchError):
    """We do not go there: private address, other scheme, downgrade."""

    code = "fetch-refused"


class ParseError(SourceError):
    """A body that is no feed or document we can read."""

    code = "parse"


class ExtractError(DigestError):
    """A linked page gave no text; the summary stands."""

    code = "extract"


class StoreError(DigestError):
    """The database refused."""

    code = "store"


class MigrationError(StoreError):
    """The database cannot be brought to this program's version."""

    code = "migration"
    exit_code = 2


class NotFoundError(StoreError):
    """No row of that id."""

    code = "not-found"
    exit_code = 2


class ConflictError(StoreError):
    """Somebody else changed it first."""

    code = "conflict"


class BusyError(StoreError):
    """Another run holds the lock; ``where`` names it."""

    code = "busy"
    exit_code = 4


class DraftError(DigestError):
    """A draft that cannot be read; ``where`` is path and line."""

    code = "draft"


class GateError(DigestError):
    """The gate found errors in an issue, so it is kept from its readers."""

    code = "gate"


class RenderError(DigestError):
    """A template failed; ``where`` is its file and line. Nothing was written."""

    code = "render"


class OutputError(DigestError):
    """A file or folder could not be written; what stood before still stands."""

    code = "output"


class DeliveryError(DigestError):
    """One recipient's mail was not taken; ``temporary`` says whether to try again."""

    code = "delivery"

    def __init__(self, message: str, *, where: str | None = None, temporary: bool = False) -> None:
        super().__init__(message, where=where)
        self.temporary = temporary


class OutcomeUnknownError(DeliveryError):
    """The whole message went out and the server's answer was lost: it may have been taken."""

    code = "delivery-unknown"
