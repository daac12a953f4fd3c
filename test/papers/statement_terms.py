"""The terms that a statement quotes: every row of the interval file follows the terms of its day."""

import re

from exact import number
from interval_rows import ADDER, BLOCK, parts
from statement_text import plain

N = r"(-?[\d,]+(?:\.\d+)?)"
DAY = r"(\d{4}-\d\d-\d\d)"
HEADING = re.compile(
    rf"(\S+) version (\d+), in force from {DAY} (?:on|to {DAY}); (\d+) days? of this statement, {DAY} to {DAY}"
)
IN_FORCE = re.compile(rf"(\S+) {N} kW at {N} \$/MWh from {DAY}(?: on| to {DAY})")
SENTENCES = (
    ("Energy", rf"all-in rate {N} \$/kWh \(.*\)", {"rate_usd_per_kwh": 1}, {"energy_terms": "fixed-rate"}),
    (
        "Energy",
        rf"pass-through of {N} kW of the blocks, the settlement price beyond it, adders, and a spread of {N} \$/kWh"
        r" \(.*\)",
        {"block_kw": 1, "spread_usd_per_kwh": 2},
        {"energy_terms": "pass-through"},
    ),
    (
        "Credit",
        rf"the price up to {N} \$/MWh, and {N} of what is above; never below 0 \(.*\)",
        {"strike_usd_per_mwh": 1, "client_share": 2},
        {"credit_terms": "net-of-strike"},
    ),
    (
        "Credit",
        rf"{N} of it, also when the price is negative \(.*\)",
        {"client_share": 1},
        {"credit_terms": "gross-share", "shares_negative_price": "yes"},
    ),
    (
        "Credit",
        rf"{N} of it; nothing of a negative price \(.*\)",
        {"client_share": 1},
        {"credit_terms": "gross-share", "shares_negative_price": "no"},
    ),
    ("Credit", r"all of it, your block is resold \(.*\)", {}, {"credit_terms": "supply-resale"}),
    (
        "Fixed fee",
        rf"{N} \$/kW and month on {N} kW contracted, by days of the calendar month",
        {"fixed_fee_usd_per_kw_month": 1, "contracted_kw": 2},
        {},
    ),
    ("Fixed fee", rf"none; contracted {N} kW", {"contracted_kw": 1}, {"fixed_fee_usd_per_kw_month": ""}),
    ("Rounding", r"each line once to cents, (half-even|half-up): a half cent .*", {}, {}),
)


class Terms:
    """One contract version of the text, for some days of the period."""

    def __init__(self, heading):
        self.contract, self.version = heading[1], heading[2]
        self.days, self.first, self.last = int(heading[5]), heading[6], heading[7]
        self.from_day, self.to_day = heading[3], heading[4] or "9999-12-31"
        self.cells, self.blocks, self.adders = {}, [], {}

    def take(self, label, words):
        """Takes in one sentence; False when nobody knows it."""
        block = IN_FORCE.fullmatch(words) if label == "Block" else None
        adder = re.fullmatch(rf"(\S+) {N} \$/MWh \(.*\)", words) if label == "Adder" else None
        if block is not None:
            self.blocks.append(block.groups())
        elif adder is not None:
            self.adders[adder[1]] = number(adder[2])
        else:
            for of, pattern, figures, fixed in SENTENCES:
                match = re.fullmatch(pattern, words) if of == label else None
                if match is not None:
                    self.cells.update({column: number(plain(match[at])) for column, at in figures.items()}, **fixed)
                    self.cells.update({"rounding": match[1]} if label == "Rounding" else {})
                    return True
        return block is not None or adder is not None

    def expected(self, day):
        """{column: number or text} of a row of a day."""
        blocks = {
            (name, plain(kw), price)
            for name, kw, price, since, until in self.blocks
            if since <= day <= (until or "9999")
        }
        return {**self.cells, "contract_id": self.contract, "contract_version": self.version}, blocks


def read(text):
    """[Terms] of the header's block; ValueError names a sentence that is not known."""
    found = []
    for sentence in text:
        heading = HEADING.fullmatch(sentence)
        label, _, words = sentence.partition(": ")
        if heading is not None:
            found.append(Terms(heading))
        elif not found or not found[-1].take(label, words):
            raise ValueError(f"sentence {sentence!r} is not known")
    return found


def check_terms(papers, problems):
    """Rows of each day have the terms of that day, and each heading its days."""
    file = f"{papers.base}.txt"
    try:
        quoted = read(papers.text.terms)
    except ValueError as error:
        problems.append(f"{file}: Terms: {error}")
        return
    days = {}
    for row in papers.rows:
        if row.kind != "charged":
            continue
        day = row["interval"][:10]
        of = [terms for terms in quoted if terms.first <= day <= terms.last and terms.from_day <= day <= terms.to_day]
        if len(of) != 1:
            problems.append(f"{file}: Terms: {len(of)} sets of terms for {day}, expected one")
            return
        days.setdefault(id(of[0]), set()).add(day)
        cells, blocks = of[0].expected(day)
        for column, value in cells.items():
            problems.compare(f"{papers.base}-intervals.csv", row.name, column, row[column], value)
        if row["energy_terms"] == "pass-through":
            adders = {name: number(price) for name, price in parts(row["adders"], ADDER, "adders")}
            if adders != of[0].adders:
                problems.append(
                    f"{papers.base}-intervals.csv: {row.name}, adders: {row['adders']!r} are not those of the terms"
                )
            if set(parts(row["supply_blocks"], BLOCK, "supply_blocks")) != blocks:
                problems.append(
                    f"{papers.base}-intervals.csv: {row.name}, supply_blocks: {row['supply_blocks']!r} "
                    "are not those of the terms"
                )
    for terms in quoted:
        counted = days.get(id(terms), set())
        said = (terms.days, terms.first, terms.last)
        if not counted or said != (len(counted), min(counted), max(counted)):
            problems.append(
                f"{file}: Terms: {terms.contract} version {terms.version} says {said}, "
                f"its rows are of {sorted(counted)}"
            )
