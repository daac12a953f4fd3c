"""Recomputes a client's statements from the papers that the client was sent, and from nothing else.

    python3 recompute.py FOLDER ...

Reads every statement in each FOLDER of papers: text, lines, and interval file. Recomputes each interval from its
metered energy, baseline, orders, price and terms, each line from its intervals, and the total; then compares every
printed figure. Needs Python 3.10 and its standard library, and shares no code with the program that made the papers.

Where FOLDER is a site's bundle, reads its statements, and compares what they charge with its journal too.

Exit 0: everything agrees. Exit 1: differences, one a line on standard error, each with file, row, column, printed and
recomputed value. Exit 2: papers that cannot be read.
"""

import argparse
import csv
import sys
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction
from pathlib import Path

import journal
import statement_text
from central import central, days_between, intervals_of
from exact import Problems, number
from interval_rows import KINDS, Row, check_row, times, unknown_columns
from statement_lines import check_lines
from statement_notes import check_notes
from statement_terms import check_terms

LINE_COLUMNS = set(
    """statement_id status issued_at_central issued_at_utc dispute_until site_id client_id contract_id period_from
    period_to line code contract_version terms description quantity unit unit_price_usd days days_of_month
    charged_exact_usd exact_usd rounding amount_usd adjustment_of source build_up""".split()
)
TAKEN_BACK_FIGURES = ("energy_kwh", "baseline_kwh", "curtailed_kwh", "row_amount_usd")


class Unreadable(Exception):
    """A paper that is missing or is not what its name says."""


@dataclass
class Papers:
    """One statement as it was sent."""

    base: str
    text: statement_text.Text
    lines: list
    columns: list
    rows: list

    @property
    def statement_id(self):
        return self.text.header.get("Statement", "")

    @property
    def draft(self):
        return self.lines[0]["status"] == "draft"

    @property
    def days(self):
        first, last = (date.fromisoformat(self.lines[0][column]) for column in ("period_from", "period_to"))
        return days_between(first, last)


def table(path):
    """(columns, rows as dictionaries) of a CSV file whose rows all have every column."""
    try:
        with open(path, newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file, strict=True)
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Unreadable(f"{path}: {error}") from error
    for at, row in enumerate(rows, start=1):
        if None in row or None in row.values():
            raise Unreadable(f"{path}: row {at} has another number of cells than the first line has columns")
    return list(reader.fieldnames or []), rows


def read(folder, base):
    try:
        text = statement_text.parse((folder / f"{base}.txt").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Unreadable(f"{folder / base}.txt: {error}") from error
    line_columns, lines = table(folder / f"{base}.csv")
    if set(line_columns) != LINE_COLUMNS:
        odd = ", ".join(sorted(set(line_columns) ^ LINE_COLUMNS))
        raise Unreadable(f"{folder / base}.csv: columns that are missing or not known: {odd}")
    if not lines:
        raise Unreadable(f"{folder / base}.csv: no line")
    columns, cells = table(folder / f"{base}-intervals.csv")
    odd = unknown_columns(columns)
    if odd:
        raise Unreadable(f"{folder / base}-intervals.csv: columns that are not known: {', '.join(odd)}")
    rows = [Row(row_name(at, each), each.get("row", ""), each) for at, each in enumerate(cells, start=1)]
    return Papers(str(folder / base), text, lines, columns, rows)


def row_name(at, cells):
    of = f" of {cells['adjusts_statement']}" if cells.get("adjusts_statement") else ""
    return f"row {at} ({cells.get('row')} {cells.get('interval')}{of})"


def check_intervals(papers, problems):
    """Each interval of the period once and in order, with its times. Days that a draft names as missing have none."""
    file = f"{papers.base}-intervals.csv"
    for row in papers.rows:
        if row.kind not in KINDS:
            problems.add(file, row.name, "row", row.kind, " or ".join(KINDS))
        problems.compare(file, row.name, "statement_id", row["statement_id"], papers.statement_id)
        problems.compare(file, row.name, "client_id", row["client_id"], papers.lines[0]["client_id"])
        day = row["interval"][:10]
        start = dict(intervals_of(date.fromisoformat(day))).get(row["interval"])
        if start is None:
            problems.append(f"{file}: {row.name}: no such interval on {day}")
            continue
        for column, value in times(row["interval"], start).items():
            problems.compare(file, row.name, column, row[column], value)
    own = [row["interval"] for row in papers.rows if row.kind in ("charged", "open", "none")]
    stated, named = {label[:10] for label in own}, papers.text.open_items
    days = [day for day in papers.days if str(day) in stated or not (papers.draft and str(day) in named)]
    wanted = [label for day in days for label, _ in intervals_of(day)]
    for label in wanted:
        if own.count(label) != 1:
            problems.append(f"{file}: interval {label}: printed {own.count(label)} times, expected once")
    problems.extend(f"{file}: interval {label}: is not in the period" for label in own if label not in wanted)
    if sorted(own) == sorted(wanted) and own != wanted:
        problems.append(f"{file}: the intervals are not in order")


def check_taken_back(papers, issued_before, problems):
    """What an adjustment takes back is what the earlier papers had charged last, where they are at hand."""
    charged = {}
    for other in issued_before:
        for row in other.rows:
            if row.kind == "charged":
                charged[other.statement_id, row["interval"]] = row
            elif row.kind == "now":
                charged[row["adjusts_statement"], row["interval"]] = row
    known = {other.statement_id for other in issued_before}
    file, keys = f"{papers.base}-intervals.csv", {"taken back": [], "now": []}
    for row in papers.rows:
        keys.get(row.kind, []).append((row["adjusts_statement"], row["interval"]))
    for kind, found in keys.items():
        twice = {key for key in found if found.count(key) > 1}
        problems.extend(f"{file}: interval {label} of {of}: stands {kind} twice" for of, label in sorted(twice))
    for of, label in sorted(set(keys["taken back"]) - set(keys["now"])):
        problems.append(f"{file}: interval {label} of {of}: is taken back and not charged anew")
    for of, label in sorted(set(keys["now"]) - set(keys["taken back"])):
        if (of, label) in charged:
            problems.append(f"{file}: interval {label} of {of}: is charged anew and not taken back")
    for row in papers.rows:
        if row.kind != "taken back" or row["adjusts_statement"] not in known:
            continue
        before = charged.get((row["adjusts_statement"], row["interval"]))
        if before is None:
            problems.append(f"{file}: {row.name}: was never charged by {row['adjusts_statement']}")
            continue
        for column in TAKEN_BACK_FIGURES:
            problems.compare(file, row.name, column, row[column], -number(before[column]))


def check_head(papers, problems):
    """When it was issued, for which days, and that it says when it is a draft, as it is while an interval is open."""
    file, header, first = f"{papers.base}.txt", papers.text.header, papers.lines[0]
    issued = datetime.strptime(first["issued_at_utc"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)
    local = central(issued)
    zone = "CDT" if local.utcoffset() == timedelta(hours=-5) else "CST"
    opened = {row["interval"][:10] for row in papers.rows if row.kind == "open"}
    for cells in papers.lines:
        name = f"line {cells['line']} {cells['code']}"
        problems.compare(
            f"{papers.base}.csv", name, "status", cells["status"], "draft" if papers.draft or opened else "issued"
        )
        problems.compare(f"{papers.base}.csv", name, "issued_at_central", cells["issued_at_central"], local.isoformat())
    stamp = "Composed" if papers.draft else "Issued"
    problems.compare(file, "header", stamp, header.get(stamp, ""), f"{local:%Y-%m-%d %H:%M} {zone}")
    for day in sorted(opened):
        if day not in papers.text.open_items:
            problems.append(f"{file}: open items: {day} has open intervals and is not named")
    if papers.draft != papers.text.open_items.startswith("DRAFT - NOT ISSUED. Nothing is due on it."):
        problems.append(f"{file}: the words DRAFT - NOT ISSUED stand there exactly on a draft")
    period = f"{first['period_from']} to {first['period_to']}"
    if not header.get("Period", "").startswith(period):
        problems.add(file, "header", "Period", header.get("Period"), period)


def check_text(papers, total, problems):
    """The text says what the lines file says, and its total is the sum of the recomputed lines."""
    file, text = f"{papers.base}.txt", papers.text
    if len(text.lines) != len(papers.lines):
        problems.append(f"{file}: {len(text.lines)} lines, its lines file has {len(papers.lines)}")
    for printed, cells in zip(text.lines, papers.lines):
        name = f"line {cells['line']} {cells['code']}"
        words = {
            "line": printed.number,
            "description": printed.description,
            "unit": printed.unit,
            "source": printed.source,
        }
        words["build_up"] = " | ".join(printed.notes)
        for column, value in words.items():
            problems.compare(file, name, column, value, cells[column])
        figures = {"quantity": printed.quantity, "unit_price_usd": printed.unit_price, "amount_usd": printed.amount}
        for column, value in figures.items():
            problems.compare(file, name, column, value, number(cells[column]) if cells[column] else None)
    problems.compare(file, "TOTAL", "Amount USD", text.total, total)
    favor = "due from the client, USD" if total >= 0 else "in the client's favor, USD"
    favor = "of the draft, not due, USD" if papers.draft else favor
    problems.compare(file, "TOTAL", "words", text.total_words, favor)


def earlier_amount(papers, issued_before):
    """How much a line's original and all rows that earlier papers corrected it by come to; None where the original is
    not at hand. Papers name terms each on their own, but a day has one set of terms: the days of a line's terms in the
    original tell which rows of other papers are the line's."""

    def charged(code, terms, adjusted):
        original = [other for other in issued_before if other.statement_id == adjusted]
        if not original:
            return None
        changed = {day_of(row) for row in papers.rows if (row["adjusts_statement"], row["terms"]) == (adjusted, terms)}
        named = {row["terms"] for row in original[0].rows if row.kind == "charged" and day_of(row) in changed}
        days = {day_of(row) for row in original[0].rows if row.kind == "charged" and row["terms"] in named}
        of = [row for other in issued_before for row in other.rows if day_of(row) in days]
        own = [row for row in of if (row["adjusts_statement"] or row["statement_id"]) == adjusted]
        return sum((row.usd.get(code, Fraction(0)) for row in own), Fraction(0))

    return charged


def day_of(row):
    return row["interval"][:10]


def check(papers, issued_before, problems):
    """Recomputes one statement; `issued_before` are the client's earlier ones."""
    check_intervals(papers, problems)
    file = f"{papers.base}-intervals.csv"
    understood = [check_row(row, file, papers.columns, problems) for row in papers.rows]
    if not all(understood):
        return
    check_taken_back(papers, issued_before, problems)
    total = check_lines(
        papers.lines, papers.rows, f"{papers.base}.csv", earlier_amount(papers, issued_before), problems
    )
    check_terms(papers, problems)
    check_head(papers, problems)
    check_text(papers, total, problems)
    check_notes(papers, problems)


def check_folder(folder, problems):
    """Checks every statement of a folder, earlier ones first; answers them, and how many stand in a journal."""
    ledger = folder / "ledgers" / "journal.jsonl"
    papers_in = folder / "statements" if ledger.exists() else folder
    bases = sorted(path.name.removesuffix("-intervals.csv") for path in papers_in.glob("*-intervals.csv"))
    if not bases:
        raise Unreadable(f"{papers_in}: no interval file (*-intervals.csv)")
    statements = sorted((read(papers_in, base) for base in bases), key=lambda papers: papers.lines[0]["issued_at_utc"])
    for at, papers in enumerate(statements):
        client = papers.lines[0]["client_id"]
        check(papers, [other for other in statements[:at] if other.lines[0]["client_id"] == client], problems)
    return statements, journal.check(ledger, statements, problems) if ledger.exists() else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", metavar="FOLDER", type=Path, nargs="+")
    problems, unreadable, statements, booked = Problems(), [], [], 0
    for folder in parser.parse_args().folders:
        try:
            found, in_journal = check_folder(folder, problems)
            statements, booked = statements + found, booked + in_journal
        except Unreadable as error:
            unreadable.append(str(error))
    for problem in [*unreadable, *problems]:
        print(problem, file=sys.stderr)
    if problems:
        print(f"{len(problems)} differences", file=sys.stderr)
    if unreadable or problems:
        return 2 if unreadable else 1
    lines, rows = (sum(len(getattr(papers, what)) for papers in statements) for what in ("lines", "rows"))
    print(
        f"{len(statements)} statements, {lines} lines and {rows} interval rows agree; "
        f"{booked} of them with a journal too"
    )
    return 0


sys.exit(main())
