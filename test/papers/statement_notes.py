"""The sentences under each line and the terms above them: every figure in them against the interval file."""

import re
from datetime import datetime
from fractions import Fraction

from central import central
from exact import Problems, number, rounded
from interval_rows import ADDER, BLOCK, parts
from statement_text import plain

N = r"(-?[\d,]+(?:\.\d+)?)"
AT = rf"(\d{{4}}-\d\d-\d\d \d\d:\d\d C[DS]T) \(HE (\d+), interval (\d)(, repeated hour)?\)"
SETTLED = rf"{N} \$/MWh, {N} MWh metered, {N} curtailed"
WORDS = (
    "curtailed = the smaller of baseline − metered and the energy ordered off; baseline = ",
    "each interval: settlement price × (metered + curtailed − block)",
)


class Unexplained(Exception):
    """A figure that the interval file does not bear out."""


def mwh(kwh):
    return kwh / 1000


class Notes:
    """One line of a statement with the rows that it adds up."""

    def __init__(self, papers, cells):
        self.cells, self.code = cells, cells["code"].removeprefix("adjustment:")
        adjusted = cells["adjustment_of"]
        kinds = ("taken back", "now") if adjusted else ("charged",)
        of = [row for row in papers.rows if row.kind in kinds and row["adjusts_statement"] == adjusted]
        self.rows = [row for row in of if row["terms"] == cells["terms"] and self.code in row.usd]
        self.change = {}
        for row in self.rows if adjusted else []:
            self.change[row["interval"]] = self.change.get(row["interval"], Fraction(0)) + row.usd[self.code]
        changed = {interval for interval, usd in self.change.items() if usd != 0}
        self.changed = [row for row in of if row["interval"] in changed]
        self.reason = self.code.partition(":")[2]
        self.shown = []

    def figures(self, note):
        """[(printed, expected)] of one sentence; Unexplained for a sentence with figures that nobody knows."""
        for pattern, explain in PATTERNS:
            match = re.fullmatch(pattern, note)
            if match is not None:
                return explain(self, *match.groups())
        if not note.startswith(WORDS):
            raise Unexplained(f"sentence {note!r} is not known")
        return []

    def sum(self, rows, of):
        return sum((of(row) for row in rows), Fraction(0))

    def row_at(self, time, hour_ending, quarter, repeated, rows):
        label = f"{time[:10]}/{hour_ending}/{quarter}{'R' if repeated else ''}"
        found = [row for row in rows if row["interval"] == label]
        if not found:
            raise Unexplained(f"{label} is none of the line's intervals")
        start = central(datetime.fromisoformat(found[0]["interval_start_central"]))
        zone = "CDT" if start.utcoffset().total_seconds() == -18_000 else "CST"
        if f"{start:%Y-%m-%d %H:%M} {zone}" != time:
            raise Unexplained(f"{label} begins {start:%Y-%m-%d %H:%M} {zone}, not {time}")
        return found

    def metered(self, kwh, count, rate):
        return [
            (kwh, self.sum(self.rows, lambda row: row.energy_kwh)),
            (count, len(self.rows)),
            (rate, number(self.cells["unit_price_usd"])),
        ]

    def rounding(self, exact, cut, mode, cents):
        value = number(self.cells["exact_usd"])
        if mode != self.cells["rounding"]:
            raise Unexplained(f"rounded {mode}, the line says {self.cells['rounding']}")
        digits = len(plain(exact).partition(".")[2])
        short = Fraction(int(value * 10**digits), 10**digits) if cut else value
        return [(exact, short), (cents, rounded(value, 2, mode))]

    def fee(self, kw, fee, days, of):
        return [
            (kw, number(self.cells["quantity"])),
            (fee, number(self.cells["unit_price_usd"])),
            (days, number(self.cells["days"])),
            (of, number(self.cells["days_of_month"])),
        ]

    def credited(self, energy, count, gross):
        return [
            (energy, mwh(self.sum(self.rows, lambda row: row.curtailed_kwh[self.reason]))),
            (count, len(self.rows)),
            (gross, self.sum(self.rows, lambda row: row.gross_usd[self.reason])),
        ]

    def credit_at(self, *match):
        energy, price, gross, yours = match[4:]
        [row] = self.row_at(*match[:4], self.rows)
        self.shown.append(row)
        return [
            (energy, mwh(row.curtailed_kwh[self.reason])),
            (price, number(row["settlement_price_usd_per_mwh"])),
            (gross, row.gross_usd[self.reason]),
            (yours, row.usd[self.code]),
        ]

    def bought_at(self, *match):
        energy, price, usd = match[4:]
        [row] = self.row_at(*match[:4], self.rows)
        self.shown.append(row)
        return [
            (energy, mwh(row.bought_kwh)),
            (price, number(row["settlement_price_usd_per_mwh"])),
            (usd, row.usd["index"]),
        ]

    def changed_at(self, *match):
        old, new = self.row_at(*match[:4], self.changed)
        self.shown.extend([old, new])
        return [
            pair
            for row, sign, printed in ((old, -1, match[4:7]), (new, 1, match[7:]))
            for pair in zip(
                printed,
                (
                    number(row["settlement_price_usd_per_mwh"]),
                    sign * mwh(row.energy_kwh),
                    sign * mwh(sum(row.curtailed_kwh.values(), Fraction(0))),
                ),
            )
        ]

    def more(self, count):
        """The intervals that are not named are those of the smallest amounts: gross credits, charges, or changes."""
        if self.cells["adjustment_of"]:
            weights = {row["interval"]: abs(self.change[row["interval"]]) for row in self.changed}
        else:
            weights = {row["interval"]: abs(row.gross_usd.get(self.reason, row.usd[self.code])) for row in self.rows}
        shown = {row["interval"] for row in self.shown}
        hidden = {interval: weight for interval, weight in weights.items() if interval not in shown}
        if hidden and max(hidden.values()) > min(weights[interval] for interval in shown):
            raise Unexplained("an interval that is not shown has a larger amount than one that is")
        return [(count, len(hidden))]

    def traded(self, bought):
        def figures(self, energy, count, usd):
            rows = [row for row in self.rows if (row.bought_kwh >= 0) == bought]
            return [
                (energy, mwh(self.sum(rows, lambda row: row.bought_kwh))),
                (count, len(rows)),
                (usd, self.sum(rows, lambda row: row.usd["index"])),
            ]

        return figures

    def total(self, usd):
        return [(usd, number(self.cells["exact_usd"]))]

    def adder(self, code, price, energy, usd, _):
        energy_mwh = mwh(self.sum(self.rows, lambda row: row.energy_kwh))
        prices = {
            number(usd) for row in self.rows for name, usd in parts(row["adders"], ADDER, "adders") if name == code
        }
        if len(prices) != 1:
            raise Unexplained(f"adder {code} is not one price in the interval file")
        [of] = prices
        return [(price, of), (energy, energy_mwh), (usd, of * energy_mwh)]

    def block(self, kw, hours, count, energy, blocks):
        known = {part for row in self.rows for part in parts(row["supply_blocks"], BLOCK, "supply_blocks")}
        named = {(name, plain(of), price) for name, of, price in re.findall(rf"(\S+) {N} kW {N} \$/MWh", blocks)}
        if named != known:
            raise Unexplained(f"blocks {blocks!r}, the interval file has {sorted(known)}")
        return [
            (kw, number(self.rows[0]["block_kw"])),
            (hours, Fraction(1, 4)),
            (count, len(self.rows)),
            (energy, number(self.cells["quantity"])),
        ]

    def adjusted(self, before, now, difference):
        mode, charged, exact = (
            self.cells["rounding"],
            number(self.cells["charged_exact_usd"]),
            number(self.cells["exact_usd"]),
        )
        return [
            (before, rounded(charged, 2, mode)),
            (now, rounded(exact, 2, mode)),
            (difference, number(self.cells["amount_usd"])),
        ]

    def changes(self, count):
        return [(count, len({row["interval"] for row in self.changed}))]

    def share_above(self, strike, share):
        return [
            (printed, number(row[column]))
            for row in self.rows
            for printed, column in ((strike, "strike_usd_per_mwh"), (share, "client_share"))
        ]

    def share(self, share, negative):
        said = "yes" if negative.startswith(",") else "no"
        if {row["shares_negative_price"] for row in self.rows} != {said}:
            raise Unexplained(f"negative prices shared: {said}, the interval file says otherwise")
        return [(share, number(row["client_share"])) for row in self.rows]

    def resale(self):
        if {row["credit_terms"] for row in self.rows} != {"supply-resale"}:
            raise Unexplained("all of it, the interval file says otherwise")
        return []


PATTERNS = (
    (rf"{N} kWh metered in (\d+) intervals? × {N} \$/kWh", Notes.metered),
    (rf"{N}(…?) \$ rounded (half-even|half-up) to cents: {N} \$", Notes.rounding),
    (rf"{N} kW contracted × {N} \$/kW and month × (\d+) of (\d+) days", Notes.fee),
    (rf"{N} MWh in (\d+) intervals? at the settlement price: gross credit {N} \$", Notes.credited),
    (rf"{AT}: {N} MWh at {N} \$/MWh: gross credit {N} \$, yours {N} \$", Notes.credit_at),
    (rf"{AT}: {N} MWh × {N} \$/MWh = {N} \$", Notes.bought_at),
    (rf"{AT}: {SETTLED} → {SETTLED}", Notes.changed_at),
    (r"and (\d+) more intervals?, in the interval file", Notes.more),
    (rf"bought {N} MWh in (\d+) intervals?: {N} \$", Notes.traded(None, True)),
    (rf"unused block sold back {N} MWh in (\d+) intervals?: {N} \$", Notes.traded(None, False)),
    (rf"together {N} \$", Notes.total),
    (rf"(\S+) {N} \$/MWh × {N} MWh = {N} \$ \((.*)\)", Notes.adder),
    (rf"{N} kW × {N} h × (\d+) intervals? = {N} MWh, used or not; from (.*)", Notes.block),
    (rf"charged up to now {N} \$, now {N} \$, difference {N} \$", Notes.adjusted),
    (r"(\d+) intervals? changed", Notes.changes),
    (rf"your part: the price up to {N} \$/MWh, and {N} of what is above; never below 0", Notes.share_above),
    (rf"your part: {N} of it(, also when the price is negative|; nothing of a negative price)", Notes.share),
    (r"your part: all of it, your block is resold", Notes.resale),
)


def check_notes(papers, problems):
    """Compares every figure of every sentence under every line."""
    for cells in papers.lines:
        notes = Notes(papers, cells)
        name = f"line {cells['line']} {cells['code']}"
        for note in cells["build_up"].split(" | ") if cells["build_up"] else []:
            try:
                figures = notes.figures(note)
            except (Unexplained, ValueError, KeyError) as error:
                problems.append(f"{papers.base}.txt: {name}, {note!r}: {error}")
                continue
            wrong = Problems()
            for printed, expected in figures:
                wrong.compare(
                    f"{papers.base}.txt", name, f"figure {printed} in {note!r}", plain(printed), Fraction(expected)
                )
            problems.extend(dict.fromkeys(wrong))
