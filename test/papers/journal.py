"""Statements against a site's journal: what the host booked for a client is what the client was charged."""

import json
import re
from collections import defaultdict
from fractions import Fraction

from exact import ends_in_decimals, number, shown

UNIT = Fraction(1, 10**8)
SETTLED = re.compile(r"(\d{4}-\d\d-\d\d) version (\d+)")
ADJUSTED = re.compile(r"(\d{4}-\d\d-\d\d) version (\d+) → (\d+)")


class Journal:
    """USD by account, of each interval as it was settled and of each statement as it was issued."""

    def __init__(self, path):
        self.settled = defaultdict(lambda: defaultdict(Fraction))
        self.issued = defaultdict(lambda: defaultdict(Fraction))
        entries = set()
        with open(path, encoding="utf-8") as file:
            for at, line in enumerate(file, start=1):
                entry = json.loads(line)
                amounts = [(posting["account"], int(posting["amountE8"]) * UNIT) for posting in entry["postings"]]
                if not amounts or sum(usd for _, usd in amounts) != 0:
                    raise ValueError(f"line {at}: entry {entry['entryId']} does not balance")
                if entry["entryId"] in entries:
                    raise ValueError(f"line {at}: entry {entry['entryId']} stands twice")
                entries.add(entry["entryId"])
                if entry["kind"] == "invoice":
                    into = self.issued[entry["statementId"]]
                else:
                    into = self.settled[entry["operatingDay"], entry["settlementVersion"], entry["effectiveAt"]]
                for account, usd in amounts:
                    into[account] += usd

    def accrued(self, versions):
        """{instant: {account: USD}} of days after the version charged before, up to the version charged now."""
        found = defaultdict(lambda: defaultdict(Fraction))
        for (day, version, instant), accounts in self.settled.items():
            if any(day == of and before < version <= now for of, before, now in versions):
                for account, usd in accounts.items():
                    found[instant][account] += usd
        return found


def versions(papers):
    """[(operating day, version that was charged before or 0, version charged now)] as the text names them."""
    own = [(day, 0, int(version)) for day, version in SETTLED.findall(papers.text.header.get("Settlement", ""))]
    adjusted = {found for line in papers.text.lines for found in ADJUSTED.findall(line.source)}
    return own + [(day, int(old), int(new)) for day, old, new in sorted(adjusted)]


def check(path, statements, problems):
    """Compares what each interval charges with its postings, and each total with what the client owes by the journal;
    answers how many statements were compared: a draft has no entries."""
    try:
        journal = Journal(path)
    except (OSError, ValueError, KeyError) as error:
        problems.append(f"{path}: {error}")
        return 0
    issued = [papers for papers in statements if not papers.draft]
    for papers in issued:
        compare(papers, journal, path, problems)
    return len(issued)


def compare(papers, journal, path, problems):
    client = papers.lines[0]["client_id"]
    receivable, share = f"Assets:Receivable:Client:{client}", f"Liabilities:ClientShare:{client}"
    accrued = journal.accrued(versions(papers))
    charged, finer = defaultdict(Fraction), defaultdict(int)
    for row in papers.rows:
        for usd in row.usd.values():
            charged[row["interval_start_utc"]] += usd
            finer[row["interval_start_utc"]] += not (ends_in_decimals(usd) and (usd * 10**8).denominator == 1)
    for instant in sorted({*accrued, *charged}):
        booked = accrued[instant][receivable] + accrued[instant][share]
        if abs(booked - charged[instant]) > finer[instant] * UNIT:
            problems.add(
                f"{papers.base}-intervals.csv", f"interval {instant}", f"journal {path}", charged[instant], booked
            )
    total = sum((number(cells["amount_usd"]) for cells in papers.lines), Fraction(0))
    for account, due in ((receivable, total), (share, Fraction(0))):
        owed = sum((accounts[account] for accounts in accrued.values()), journal.issued[papers.statement_id][account])
        if owed != due:
            problems.append(
                f"{path}: {account} of statement {papers.statement_id}: booked {shown(owed)}, "
                f"the statement's total asks for {shown(due)}"
            )
