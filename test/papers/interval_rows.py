"""The interval file: every row recomputed from its own metered energy, baseline, orders, price and terms."""

import re
from dataclasses import dataclass, field
from fractions import Fraction

from central import QUARTER, central
from exact import ends_in_decimals, largest_remainder, number, rounded

KINDS = ("charged", "taken back", "now", "open", "none")
BLANK = ("open", "none")
PART = re.compile(r"(\S+) (\S+) (\d+(?:\.\d+)?) s (\d+(?:\.\d+)?) W")
BLOCK = re.compile(r"(\S+) (\d+(?:\.\d+)?) kW (-?\d+(?:\.\d+)?) USD/MWh")
ADDER = re.compile(r"(\S+) (-?\d+(?:\.\d+)?) USD/MWh")
REASON = re.compile(r"curtailed_(.+)_kwh|(?:gross|client)_credit_(.+)_usd")
CHARGES = {"fixed-rate": ("fixed-energy",), "pass-through": ("block", "index", "adders", "spread")}
READ = """statement_id client_id row adjusts_statement interval interval_start_central interval_end_central
interval_start_utc open_item contract_id contract_version terms energy_kwh baseline_kwh ordered_off_parts
ordered_off_kwh curtailed_kwh settlement_point settlement_price_usd_per_mwh price_version price_document_sha256
energy_terms rate_usd_per_kwh block_kw supply_blocks adders spread_usd_per_kwh credit_terms strike_usd_per_mwh
client_share shares_negative_price fixed_fee_usd_per_kw_month contracted_kw rounding row_amount_usd""".split()


FIGURES = """energy_kwh baseline_kwh ordered_off_kwh curtailed_kwh settlement_price_usd_per_mwh
row_amount_usd""".split()


@dataclass
class Row:
    """One interval's exact amounts: USD by line code, energy in kWh by what it is."""

    name: str
    kind: str
    cells: dict
    usd: dict = field(default_factory=dict)
    gross_usd: dict = field(default_factory=dict)
    curtailed_kwh: dict = field(default_factory=dict)
    energy_kwh: Fraction = Fraction(0)
    bought_kwh: Fraction = Fraction(0)

    def __getitem__(self, column):
        return self.cells.get(column, "")


def parts(text, pattern, column):
    """Cells of several parts joined by `; `, each wholly understood."""
    found = []
    for part in text.split("; ") if text else []:
        match = pattern.fullmatch(part)
        if match is None:
            raise ValueError(f"{column}: {part!r} is not understood")
        found.append(match.groups())
    return found


def split_by_reason(row, sign):
    """(ordered off kWh, curtailed kWh, kWh by reason), whole Wh: the smaller of baseline - metered and ordered off."""
    weights = {}
    for _, reason, seconds, watts in parts(row["ordered_off_parts"], PART, "ordered_off_parts"):
        weights[reason] = weights.get(reason, Fraction(0)) + number(seconds) * number(watts)
    if not weights:
        return Fraction(0), Fraction(0), {}
    ordered = rounded(sum(weights.values()) / 3600, 0, "half-even")
    saved = max(sign * (number(row["baseline_kwh"]) - number(row["energy_kwh"])) * 1000, Fraction(0))
    curtailed = min(saved, ordered)
    if curtailed.denominator != 1:
        raise ValueError("energy_kwh and baseline_kwh are not whole Wh")
    shares = largest_remainder(int(curtailed), weights) if sum(weights.values()) > 0 else {}
    return ordered / 1000, curtailed / 1000, {reason: Fraction(wh, 1000) for reason, wh in shares.items() if wh}


def client_part(row, price, mwh):
    """USD of a curtailed MWh that is the client's by the credit terms; positive in the client's favor."""
    kind = row["credit_terms"]
    if kind == "supply-resale":
        return price * mwh
    share = number(row["client_share"])
    if kind == "gross-share":
        return Fraction(0) if price < 0 and row["shares_negative_price"] == "no" else share * price * mwh
    if kind != "net-of-strike":
        raise ValueError(f"credit_terms {kind!r} is not known")
    strike = number(row["strike_usd_per_mwh"])
    return max(strike + share * (price - strike) if price > strike else price, Fraction(0)) * mwh


def charges(row, price, energy_kwh, curtailed_kwh):
    """(USD by code, kWh bought beyond the block) by the energy terms."""
    kind = row["energy_terms"]
    if kind == "fixed-rate":
        return {"fixed-energy": number(row["rate_usd_per_kwh"]) * energy_kwh}, Fraction(0)
    if kind != "pass-through":
        raise ValueError(f"energy_terms {kind!r} is not known")
    slice_kwh = number(row["block_kw"] or "0") / 4
    blocks = [(number(kw), number(usd)) for _, kw, usd in parts(row["supply_blocks"], BLOCK, "supply_blocks")]
    bought = energy_kwh + curtailed_kwh - slice_kwh
    adders = sum((number(usd) for _, usd in parts(row["adders"], ADDER, "adders")), Fraction(0))
    usd = {
        "index": price * bought / 1000,
        "adders": adders * energy_kwh / 1000,
        "spread": number(row["spread_usd_per_kwh"]) * energy_kwh,
    }
    if slice_kwh:
        usd["block"] = sum(kw * price for kw, price in blocks) / sum(kw for kw, _ in blocks) * slice_kwh / 1000
    return usd, bought


def recompute(row):
    """Fills in a row's exact amounts and answers what each cell should say: a number, a text or None for blank."""
    sign = -1 if row.kind == "taken back" else 1
    price = number(row["settlement_price_usd_per_mwh"])
    energy = sign * number(row["energy_kwh"])
    ordered, curtailed, by_reason = split_by_reason(row, sign)
    usd, bought = charges(row, price, energy, curtailed)
    gross = {reason: -price * kwh / 1000 for reason, kwh in by_reason.items()}
    client = {reason: -client_part(row, price, kwh / 1000) for reason, kwh in by_reason.items()}
    row.energy_kwh, row.bought_kwh = sign * energy, sign * bought
    row.curtailed_kwh = {reason: sign * kwh for reason, kwh in by_reason.items()}
    row.gross_usd = {reason: sign * value for reason, value in gross.items()}
    row.usd = {code: sign * value for code, value in usd.items()}
    row.usd.update({f"curtailment-credit:{reason}": sign * value for reason, value in client.items()})
    cells = {"ordered_off_kwh": sign * ordered, "curtailed_kwh": sign * curtailed}
    for reason in by_reason:
        cells[f"curtailed_{reason}_kwh"] = row.curtailed_kwh[reason]
        cells[f"gross_credit_{reason}_usd"] = printable(row.gross_usd[reason])
    cells.update({column_of(code): printable(value) for code, value in row.usd.items()})
    cells["row_amount_usd"] = printable(sum(row.usd.values(), Fraction(0)))
    return cells


def printable(usd):
    """What an interval amount shows: itself, or 8 decimals half-even where it does not end in decimals."""
    return usd if ends_in_decimals(usd) else rounded(usd, 8, "half-even")


def column_of(code):
    """The interval file's column behind a line's code."""
    kind, _, reason = code.partition(":")
    return f"client_credit_{reason}_usd" if reason else f"charge_{kind}_usd"


def times(label, start):
    """What the columns of time say of an interval."""
    return {
        "interval": label,
        "interval_start_utc": start.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "interval_start_central": central(start).isoformat(),
        "interval_end_central": central(start + QUARTER).isoformat(),
    }


def unknown_columns(names):
    """Columns that nothing here reads or recomputes: no figure of a paper goes unread."""
    known = {*READ, *(f"charge_{code}_usd" for codes in CHARGES.values() for code in codes)}
    return [name for name in names if name not in known and not REASON.fullmatch(name)]


def check_row(row, file, columns, problems):
    """Compares every amount of a row; a row that cannot be understood is a problem of its own."""
    try:
        expected = dict.fromkeys(FIGURES) if row.kind in BLANK else recompute(row)
    except (ValueError, KeyError, ZeroDivisionError) as error:
        problems.append(f"{file}: {row.name}: cannot be recomputed: {error}")
        return False
    for column in columns:
        if column in expected or REASON.fullmatch(column) or column.startswith("charge_"):
            problems.compare(file, row.name, column, row[column], expected.get(column))
    for column, value in expected.items():
        if column not in columns and value is not None:
            problems.add(file, row.name, column, "no such column", value)
    return True
