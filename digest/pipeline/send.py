"""send: issue -> deliveries. The ledger is written before and after every conversation.

What is mailed is what stands published, byte for byte, so a person mails what they looked at.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from digest.deliveries import Delivery, DeliveryState, Recipient
from digest.errors import ConfigError, ConflictError, NotFoundError, UsageError
from digest.model import Issue, Problem
from digest.pipeline.asof import issue_day
from digest.pipeline.closing import close
from digest.pipeline.drafts import get_draft
from digest.pipeline.files import write_file
from digest.pipeline.gate import refuse
from digest.pipeline.publish import published_days
from digest.pipeline.result import Result
from digest.pipeline.workspace import Workspace, open_workspace
from digest.send.ledger import SendReport, Unknown, deliver, to_attempt
from digest.send.message import Letter, list_id_of, message, message_id_of
from digest.send.smtp import SmtpMailer, SmtpSettings
from digest.send.subscribers import read_recipients
from digest.store.deliveries import deliveries, mark, plan, recover, sync_recipients
from digest.store.issues import find_issue

LONGEST_SUBJECT = 78
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SendOptions:
    """The words of ``digest send``."""

    issue: str | None = None
    dry_run: bool = False
    to_dir: Path | None = None
    test: str | None = None
    ledger_lost: bool = False
    again_unknown: bool = False
    despite_errors: bool = False


def send_command(config: Path, options: SendOptions, *, now: datetime) -> Result:
    """The result of ``digest send``."""
    with open_workspace(config, now=now) as ws, ws.lock("run", timedelta(0)):
        return send(ws, options)


def send(ws: Workspace, options: SendOptions) -> Result:
    """The published issue goes to every recipient who has not had it; exit 1 if any failed."""
    day = issue_day(options.issue) if options.issue else _newest(ws)
    draft = get_draft(ws, day)
    post = _Post(ws=ws, issue=draft.issue, letter=_letter(ws, day))
    if options.test is not None:
        return post.test(options.test)
    recipients = read_recipients(ws.config.folder / ws.config.delivery.recipients)
    if options.dry_run:
        return post.rehearse(recipients, options.to_dir)
    _check_sample(ws, post.issue)
    if not options.despite_errors:
        refuse(ws, draft)
    with ws.lock("send", timedelta(0)):
        return post.send(recipients, options)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Post:
    """One issue ready to be mailed."""

    ws: Workspace
    issue: Issue
    letter: Letter

    def message_id(self, address: str) -> str:
        return message_id_of(self.ws.id, self.issue.date, address, sender=self.letter.sender)

    def test(self, address: str) -> Result:
        """The whole issue to one address; it changes no state and stands in no ledger."""
        mail = message(
            self.letter,
            Recipient(address=address),
            message_id=self.message_id(f"test {self.ws.now.isoformat()} {address}"),
            unsubscribe=self.ws.site.unsubscribe,
        )
        with SmtpMailer(_smtp(self.ws)) as mailer:
            mailer.send(mail)
        return Result(
            text=f"The issue of {self.issue.date} went to {address} as a test.",
            document={"issue": self.issue.date.isoformat(), "test": address},
        )

    def rehearse(self, recipients: Sequence[Recipient], folder: Path | None) -> Result:
        """The exact mails, written to a folder or only counted; no ledger is touched."""
        for number, each in enumerate(recipients, 1):
            mail = message(
                self.letter,
                each,
                message_id=self.message_id(each.address),
                unsubscribe=self.ws.site.unsubscribe,
            )
            if folder is not None:
                write_file(folder / f"{number:04d}.eml", mail.as_bytes())
        where = f" in {folder}" if folder else ""
        mails = f"{_mails(len(recipients))} of the issue of {self.issue.date}"
        return Result(
            text=f"{mails}{where}; none sent.",
            document={
                "issue": self.issue.date.isoformat(),
                "mails": len(recipients),
                "folder": str(folder) if folder else None,
            },
        )

    def send(self, recipients: Sequence[Recipient], options: SendOptions) -> Result:
        ws, day = self.ws, self.issue.date
        people = {each.address: each for each in recipients}
        with ws.store.write() as connection:
            known = find_issue(connection, ws.id, day) is not None
            if not known and not options.ledger_lost:
                message_ = (
                    "stands published but the ledger knows nothing of it: the database is new or "
                    "lost, so mailing it could reach everyone twice; if it was never mailed, "
                    "publish it again, otherwise say --ledger-lost"
                )
                raise ConflictError(message_, where=f"issue {day}")
            recover(connection, ws.id, now=ws.now)
            sync_recipients(connection, ws.id, recipients, now=ws.now)
            planned = plan(connection, ws.id, day, recipients, now=ws.now, id_of=self.message_id)
        unknown = Unknown.REPEAT if options.again_unknown else Unknown.LEAVE
        attempts = to_attempt(planned, unknown=unknown)
        if not attempts:
            return self._result(SendReport(), planned)
        with SmtpMailer(_smtp(ws)) as mailer:
            report = deliver(
                attempts,
                compose=lambda each: message(
                    self.letter,
                    people.get(each.address, Recipient(address=each.address)),
                    message_id=each.message_id,
                    unsubscribe=ws.site.unsubscribe,
                ),
                mailer=mailer,
                mark=self._marker(options),
            )
        with ws.store.read() as connection:
            return self._result(report, deliveries(connection, ws.id, day))

    def _marker(self, options: SendOptions) -> Callable[[Delivery], None]:
        """What writes each state down, and closes the issue with its first delivery."""

        def write(each: Delivery) -> None:
            with self.ws.store.write() as connection:
                mark(
                    connection,
                    self.ws.id,
                    each.issue,
                    each.address,
                    each.state,
                    now=self.ws.now,
                    error=each.error,
                    force=options.again_unknown,
                )
            if each.state in (DeliveryState.SENT, DeliveryState.UNKNOWN):
                close(self.ws, self.issue)

        return write

    def _result(self, report: SendReport, rows: Sequence[Delivery]) -> Result:
        counts = {state.value: 0 for state in DeliveryState}
        for row in rows:
            counts[row.state.value] += 1
        lines = [f"Issue of {self.issue.date}: {_mails(len(report.sent))} sent now."]
        lines += [f"  {row.address}: {row.state}: {row.error}" for row in rows if row.error]
        if report.paused:
            lines.append(f"Paused: {report.paused}. `digest send` goes on where it stopped.")
        if counts["unknown"]:
            lines.append("Unknown means the mail may have arrived; --again-unknown repeats those.")
        code = 1 if report.failed or report.unknown else 75 if report.waiting else 0
        return Result(
            text="\n".join(lines),
            document={
                "issue": self.issue.date.isoformat(),
                "sent": len(report.sent),
                "ledger": counts,
                "paused": report.paused,
            },
            code=code,
        )


def _newest(ws: Workspace) -> date:
    days = published_days(ws)
    if not days:
        message_ = "no issue is published yet; `digest run` makes one"
        raise NotFoundError(message_, where=str(ws.output))
    return days[0]


def _letter(ws: Workspace, day: date) -> Letter:
    folder = ws.issue_folder(day)
    try:
        html = (folder / "email.html").read_text(encoding="utf-8")
        text = (folder / "email.txt").read_text(encoding="utf-8")
        published = json.loads((folder / "issue.json").read_text(encoding="utf-8"))
    except OSError as error:
        message_ = "is not published; `digest publish` does that"
        raise NotFoundError(message_, where=f"issue {day}") from error
    sender = ws.config.delivery.sender
    if sender is None:
        problem = Problem(
            code="no-sender",
            message='delivery.from is not set; write from: "Name <report@example.org>"',
            where=ws.config.path.name,
        )
        raise ConfigError((problem,), where=str(ws.config.path))
    return Letter(
        subject=subject_of(published["title"]),
        sender=sender,
        html=html,
        text=text,
        date=ws.now,
        list_id=list_id_of(ws.id, sender=sender),
        reply_to=ws.config.delivery.reply_to,
    )


def subject_of(title: str) -> str:
    """The issue's title, or its leading theme where the whole is cut off by most readers."""
    return title if len(title) <= LONGEST_SUBJECT else title.split("; ", maxsplit=1)[0]


def _mails(count: int) -> str:
    return f"{count} mail" if count == 1 else f"{count} mails"


def _check_sample(ws: Workspace, issue: Issue) -> None:
    """A sample issue reaches nobody but a test address or a server on this machine."""
    if issue.sample and ws.config.delivery.smtp.host not in LOOPBACK:
        message_ = (
            "is made of sample entries and is mailed only with --test ADDRESS or to a server on "
            "this machine"
        )
        raise UsageError(message_, where=f"issue {issue.date}")


def _smtp(ws: Workspace) -> SmtpSettings:
    smtp = ws.config.delivery.smtp
    return SmtpSettings(
        host=smtp.host,
        port=smtp.port,
        security=smtp.security,
        username=smtp.username,
        password=ws.config.smtp_password,
    )
