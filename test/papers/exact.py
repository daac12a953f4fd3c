"""Exact numbers of papers: read without binary floats, rounded by the rule that a paper names."""

import re
from decimal import Decimal
from fractions import Fraction
from functools import cache


@cache
def number(text):
    """A plain decimal or a fraction n/d; anything else is an error."""
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        return Fraction(Decimal(text))
    if re.fullmatch(r"-?\d+/[1-9]\d*", text):
        return Fraction(text)
    raise ValueError(f"{text!r} is not a number")


def rounded(value, places, mode):
    """Nearest multiple of 10^-places; a half goes to the even neighbor, or away from zero."""
    if mode not in ("half-even", "half-up"):
        raise ValueError(f"rounding {mode!r} is not known")
    scaled = abs(value) * 10**places
    floor = scaled.numerator // scaled.denominator
    rest = scaled - floor
    up = rest > Fraction(1, 2) or (rest == Fraction(1, 2) and (mode == "half-up" or floor % 2 == 1))
    return Fraction(floor + up, 10**places) * (1 if value >= 0 else -1)


def ends_in_decimals(value):
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def shown(value):
    """For messages: a plain decimal where there is one, else n/d."""
    if value is None:
        return "nothing"
    if not isinstance(value, Fraction):
        return str(value)
    if not ends_in_decimals(value):
        return f"{value.numerator}/{value.denominator}"
    places = 0
    while (value * 10**places).denominator != 1:
        places += 1
    digits = str(abs(value.numerator * 10**places // value.denominator)).rjust(places + 1, "0")
    text = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return "-" + text if value < 0 else text


def largest_remainder(total, weights):
    """A whole number split by weights: floors first, then one each to the largest fractions, ties by name ascending."""
    whole = sum(weights.values())
    if whole <= 0:
        raise ValueError("nothing to split by")
    exact = {key: Fraction(total) * weight / whole for key, weight in weights.items()}
    shares = {key: value.numerator // value.denominator for key, value in exact.items()}
    order = sorted(exact, key=lambda key: (shares[key] - exact[key], key))
    for key in order[: total - sum(shares.values())]:
        shares[key] += 1
    return shares


class Problems(list):
    """Differences found: file, row and column, what is printed and what it should be."""

    def add(self, file, row, column, printed, recomputed):
        self.append(f"{file}: {row}, {column}: printed {shown(printed)}, recomputed {shown(recomputed)}")

    def compare(self, file, row, column, printed, recomputed):
        """Printed text against a number, another text, or None for a blank cell."""
        if recomputed is None or isinstance(recomputed, str):
            if printed != (recomputed or ""):
                self.add(file, row, column, printed or "nothing", recomputed or "nothing")
            return
        try:
            same = number(printed) == recomputed
        except ValueError:
            same = False
        if not same:
            self.add(file, row, column, printed or "nothing", recomputed)
