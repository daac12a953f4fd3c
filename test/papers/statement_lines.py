"""The lines of a statement: every line that the interval file calls for, with its quantity and amount, and no other."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from central import days_of_month
from exact import ends_in_decimals, number, rounded, shown
from interval_rows import ADDER, BLOCK, parts

MWH_CODES = ("block", "index", "adders")


@dataclass
class Line:
    """What one line should say; None where the interval file does not tell it."""

    exact_usd: Fraction
    quantity: Fraction | None = None
    unit: str | None = None
    unit_prices_usd: set | None = None
    days: int | None = None
    days_of_month: int | None = None
    rounding: str | None = None

    @property
    def unit_price_usd(self):
        """The price of every interval, where it is one and ends in decimals; else the line shows none."""
        prices = self.unit_prices_usd or {None}
        [price] = prices if len(prices) == 1 else [None]
        return price if price is None or ends_in_decimals(price) else None


def expected_lines(rows):
    """{(code, terms, month of a fee, adjusted statement): Line} of the rows of one interval file."""
    lines = {}
    for row in rows:
        if row.kind == "charged":
            for code, usd in row.usd.items():
                line = lines.setdefault((code, row["terms"], "", ""), blank_line(code, row))
                line.exact_usd += usd
                line.unit_prices_usd.add(unit_price(code, row))
                line.quantity += quantity_kwh(code, row) / (1 if line.unit == "kWh" else 1000)
        elif row.kind in ("taken back", "now"):
            for code, usd in row.usd.items():
                key = (f"adjustment:{code}", row["terms"], "", row["adjusts_statement"])
                lines.setdefault(key, Line(Fraction(0), rounding=row["rounding"])).exact_usd += usd
    lines.update(fixed_fees(rows))
    return lines


def blank_line(code, row):
    unit = "kWh" if code in ("fixed-energy", "spread") else "MWh"
    return Line(Fraction(0), Fraction(0), unit, set(), rounding=row["rounding"])


def unit_price(code, row):
    """The price of an interval that a line multiplies its quantity with; None where it is the settlement price."""
    if code == "fixed-energy":
        return number(row["rate_usd_per_kwh"])
    if code == "spread":
        return number(row["spread_usd_per_kwh"])
    if code == "adders":
        return sum((number(usd) for _, usd in parts(row["adders"], ADDER, "adders")), Fraction(0))
    if code == "block":
        blocks = [(number(kw), number(usd)) for _, kw, usd in parts(row["supply_blocks"], BLOCK, "supply_blocks")]
        return sum(kw * usd for kw, usd in blocks) / sum(kw for kw, _ in blocks)
    return None


def quantity_kwh(code, row):
    if code in ("fixed-energy", "adders", "spread"):
        return row.energy_kwh
    if code == "index":
        return row.bought_kwh
    if code == "block":
        return number(row["block_kw"]) / 4
    return row.curtailed_kwh[code.partition(":")[2]]


def fixed_fees(rows):
    """One fee a month and terms: $/kW and month x kW x days / days of that month."""
    days = {}
    for row in rows:
        fee, day = row["fixed_fee_usd_per_kw_month"], row["interval"][:10]
        if row.kind == "charged" and fee:
            key = ("fixed-fee", f"v{row['contract_version']}", day[:7], "")
            days.setdefault(key, (number(fee), number(row["contracted_kw"]), row["rounding"], set()))[3].add(day)
    lines = {}
    for key, (fee, kw, rounding, counted) in days.items():
        month = days_of_month(date.fromisoformat(f"{key[2]}-01"))
        exact = fee * kw * len(counted) / month
        lines[key] = Line(exact, kw, "kW", {fee}, len(counted), month, rounding)
    return lines


def line_key(cells):
    """Which of the expected lines a printed line is."""
    code = cells["code"]
    month = cells["description"].rsplit(" ", 1)[-1] if code == "fixed-fee" else ""
    return code, cells["terms"] or f"v{cells['contract_version']}", month, cells["adjustment_of"]


def check_lines(printed, rows, file, earlier, problems):
    """Compares lines with what the intervals call for; answers the sum of the recomputed amounts."""
    wanted, total = expected_lines(rows), Fraction(0)
    for cells in printed:
        name = f"line {cells['line']} {cells['code']}"
        line = wanted.pop(line_key(cells), None)
        if line is None:
            problems.append(
                f"{file}: {name}: no interval and no term of the papers calls for this line, {cells['amount_usd']} USD"
            )
            total += number(cells["amount_usd"])
            continue
        total += check_line(cells, line, file, name, earlier, problems)
    for (code, terms, month, of), line in wanted.items():
        before = (earlier(code.removeprefix("adjustment:"), terms, of) or Fraction(0)) if of else Fraction(0)
        amount = difference(before, line.exact_usd, line.rounding)
        if of and amount == 0:
            continue
        where = " ".join(part for part in (code, terms, month, f"of {of}" if of else "") if part)
        problems.append(f"{file}: no line {where}: printed nothing, recomputed {shown(amount)}")
    return total


def difference(before, change, mode):
    """What is due for a line now, rounded, less what was charged, rounded."""
    return rounded(before + change, 2, mode) - rounded(before, 2, mode)


def check_line(cells, line, file, name, earlier, problems):
    """One printed line; answers its recomputed amount."""
    mode = line.rounding
    exact, amount = line.exact_usd, rounded(line.exact_usd, 2, mode)
    if cells["code"].startswith("adjustment:"):
        charged = earlier(cells["code"].removeprefix("adjustment:"), cells["terms"], cells["adjustment_of"])
        before = number(cells["charged_exact_usd"]) if charged is None else charged
        problems.compare(file, name, "charged_exact_usd", cells["charged_exact_usd"], before)
        exact = before + line.exact_usd
        amount = difference(before, line.exact_usd, mode)
    else:
        problems.compare(file, name, "charged_exact_usd", cells["charged_exact_usd"], None)
    problems.compare(file, name, "exact_usd", cells["exact_usd"], exact)
    problems.compare(file, name, "rounding", cells["rounding"], mode)
    problems.compare(file, name, "amount_usd", cells["amount_usd"], amount)
    for column, value in (("quantity", line.quantity), ("unit", line.unit), ("unit_price_usd", line.unit_price_usd)):
        problems.compare(file, name, column, cells[column], value)
    for column in ("days", "days_of_month"):
        value = getattr(line, column)
        problems.compare(file, name, column, cells[column], None if value is None else Fraction(value))
    return amount
