"""Recomputes the golden statements from day.json with Python's fractions, sharing no code with the program, and
compares every line of every statement and every amount of every interval. Exit 1 and say where it differs.

--add-cent CLIENT adds a cent to that client's first line before comparing, `birch-adjusted` to its adjustment line, to
show that a difference is found.
"""
import calendar
import copy
import csv
import json
import re
import sys
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction as F
from pathlib import Path

HERE = Path(__file__).parent


def round_to(value, mode):
    """Nearest integer; halves to even, or away from zero."""
    floor = abs(value).numerator // abs(value).denominator
    rest = abs(value) - floor
    up = rest > F(1, 2) or (rest == F(1, 2) and (mode == "half-up" or floor % 2 == 1))
    return (floor + up) * (1 if value >= 0 else -1)


def largest_remainder(total, weights):
    whole = sum(weights.values())
    exact = {k: F(total) * w / whole for k, w in weights.items()}
    shares = {k: v.numerator // v.denominator for k, v in exact.items()}
    order = sorted(exact, key=lambda k: (-(exact[k] - shares[k]), k))
    for k in order[: total - sum(shares.values())]:
        shares[k] += 1
    return shares


def curtailed(interval, client, used, baseline):
    """MWh-by-reason as Wh: the smaller of baseline - metered and what was ordered off."""
    weights = defaultdict(F)
    for span in interval["curtailed"]:
        if span["clientId"] == client:
            weights[span["reason"]] += F(str(span["belowNormalW"])) * F(str(span["seconds"]))
    if not weights:
        return {}
    ordered = round_to(sum(weights.values()) / 3600, "half-even")
    return {k: v for k, v in largest_remainder(min(max(baseline - used, 0), ordered), weights).items() if v}


def credit(terms, price, wh):
    """The client's part in USD of price ($/MWh) x Wh."""
    mwh = F(wh, 10**6)
    if terms["kind"] == "supply-resale":
        return price * mwh
    share = F(terms["clientShare"])
    if terms["kind"] == "gross-share":
        return F(0) if price < 0 and not terms["sharesNegative"] else share * price * mwh
    strike = F(terms["strikeUsdPerMwh"])
    per_mwh = strike + share * (price - strike) if price > strike else price
    return max(per_mwh, F(0)) * mwh


def settle(day, contract):
    """Exact USD per interval: charges by code and credits by reason (negative)."""
    client, energy = contract["clientId"], contract["energy"]
    blocks = day["supply"]["blocks"]
    adders = sum(F(a["usdPerMwh"]) for a in day["supply"]["adders"])
    for interval in day["intervals"]:
        price = F(interval["price"]["centsPerMwh"]) / 100
        used = sum(int(f["energyWh"]) for f in interval["feeders"] if f["clientId"] == client)
        baseline = sum(int(b["baselineWh"]) for b in interval["baselines"] if b["clientId"] == client)
        off = curtailed(interval, client, used, baseline)
        mwh = F(used, 10**6)
        if energy["kind"] == "fixed-rate":
            amounts = {"fixed-energy": F(energy["rateUsdPerKwh"]) * mwh * 1000}
        else:
            slice_mwh = F(energy["blockKw"]) / 4000
            mean = sum(F(b["priceUsdPerMwh"]) * b["quantityKw"] for b in blocks) / sum(b["quantityKw"] for b in blocks)
            amounts = {
                "block": mean * slice_mwh,
                "index": price * (mwh + F(sum(off.values()), 10**6) - slice_mwh),
                "adders": adders * mwh,
                "spread": F(energy["spreadUsdPerKwh"]) * mwh * 1000,
            }
        for reason in sorted(off):
            amounts[f"curtailment-credit:{reason}"] = -credit(contract["credit"], price, off[reason])
        yield interval["startAt"], amounts


def column(code):
    kind, _, reason = code.partition(":")
    return f"client_credit_{reason}_usd" if reason else f"charge_{kind}_usd"


def compare(day, contract, cent):
    client, mode = contract["clientId"], contract["rounding"]
    problems, totals = [], defaultdict(F)
    with open(HERE / f"{client}-intervals.csv", newline="", encoding="utf-8") as file:
        rows = {row["interval_start_utc"]: row for row in csv.DictReader(file)}
    for start, amounts in settle(day, contract):
        for code, usd in amounts.items():
            totals[code] += usd
            stated = rows[start][column(code)]
            if F(Decimal(stated)) != usd:
                problems.append(f"{client} interval {start} {code}: stated {stated}, recomputed {usd}")
    if "fixedFeeUsdPerKwMonth" in contract:
        _, days = calendar.monthrange(*map(int, day["operatingDay"].split("-")[:2]))
        totals["fixed-fee"] = F(contract["fixedFeeUsdPerKwMonth"]) * F(str(contract["contractedKw"])) / days
    with open(HERE / f"{client}.csv", newline="", encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    for line in lines:
        code = line["code"]
        cents = round_to(totals.pop(code, F(0)) * 100, mode) + (cent if line["line"] == "1" else 0)
        if F(Decimal(line["amount_usd"])) * 100 != cents:
            stated, recomputed = line["amount_usd"], Decimal(cents) / 100
            problems.append(f"{client} line {line['line']} {code}: stated {stated}, recomputed {recomputed}")
    problems += [f"{client}: {code} is not on the statement" for code, usd in totals.items() if usd]
    text = (HERE / f"{client}.txt").read_text(encoding="utf-8")
    total = sum(Decimal(line["amount_usd"]) for line in lines)
    if f"{total:,.2f}" not in next(line for line in text.splitlines() if line.lstrip().startswith("TOTAL")):
        problems.append(f"{client}: the text's total is not {total:,.2f}")
    return len(lines), len(rows), problems


def cents_by_code(day, contract):
    totals = defaultdict(F)
    for _, amounts in settle(day, contract):
        for code, usd in amounts.items():
            totals[code] += usd
    return {code: round_to(usd * 100, contract["rounding"]) for code, usd in totals.items()}


def compare_adjusted(day, cent):
    """birch's statement of the next, equal day: the same lines, then what a corrected price of the day before moves."""
    contract = next(one for one in day["contracts"] if one["clientId"] == "birch")
    corrected = copy.deepcopy(day)
    priced = {(one["interval"]["hourEnding"], one["interval"]["interval"]): one for one in corrected["intervals"]}
    priced[20, 4]["price"]["centsPerMwh"] = "2370"
    before, after = cents_by_code(day, contract), cents_by_code(corrected, contract)
    changed = [after[code] - before[code] for code in before if after[code] != before[code]]
    expected = [cents for cents in before.values() if cents] + [changed[0] + cent] + changed[1:]
    text = (HERE / "birch-adjusted.txt").read_text(encoding="utf-8")
    printed = re.findall(r"^ {2,3}\d+  .* (-?[\d,]+\.\d\d)$", text, re.M)
    amounts = [round(Decimal(found.replace(",", "")) * 100) for found in printed]
    total = round(Decimal(re.search(r"^ +TOTAL .* (-?[\d,]+\.\d\d)$", text, re.M)[1].replace(",", "")) * 100)
    problems = [
        f"birch-adjusted line {i + 1}: stated {a} cents, recomputed {b}"
        for i, (a, b) in enumerate(zip(amounts, expected))
        if a != b
    ]
    if len(amounts) != len(expected):
        problems.append(f"birch-adjusted: {len(amounts)} lines, recomputed {len(expected)}")
    if total != sum(amounts):
        problems.append(f"birch-adjusted: total of {total} cents, its lines add up to {sum(amounts)}")
    return len(amounts), problems


def main():
    tampered = sys.argv[2] if sys.argv[1:2] == ["--add-cent"] else None
    day = json.loads((HERE / "day.json").read_text(encoding="utf-8"))
    lines = intervals = 0
    problems = []
    for contract in day["contracts"]:
        n, m, found = compare(day, contract, 1 if contract["clientId"] == tampered else 0)
        lines, intervals, problems = lines + n, intervals + m, problems + found
    n, found = compare_adjusted(day, 1 if tampered == "birch-adjusted" else 0)
    lines, problems = lines + n, problems + found
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        sys.exit(1)
    print(f"{len(day['contracts']) + 1} statements, {lines} lines and {intervals} intervals agree")


main()
