"""The statement's text: its header, every line, and the total, read as they are printed."""

import re
from dataclasses import dataclass, field

LINE = re.compile(
    r" {0,2}(\d+)  (\S.*?) {2,}(?:(-?[\d,]+(?:\.\d+)?) (kWh|MWh|kW)(?: +(-?[\d,]+(?:\.\d+)?))? +)?(-?[\d,]+\.\d\d)"
)
TOTAL = re.compile(r" +TOTAL (.*?) {2,}(-?[\d,]+\.\d\d)")
HEADER = re.compile(r"([A-Z][a-z]+(?: [a-z]+)*) {2,}(\S.*)")


@dataclass
class TextLine:
    number: str
    description: str
    quantity: str
    unit: str
    unit_price: str
    amount: str
    notes: list = field(default_factory=list)
    source: str = ""


@dataclass
class Text:
    open_items: str
    header: dict
    terms: list
    lines: list
    total_words: str
    total: str


def plain(figure):
    """A figure without the commas of thousands."""
    return (figure or "").replace(",", "")


def parse(text):
    """Header, terms sentence by sentence, lines with their build-up, total; ValueError where there is no total."""
    header, terms, lines, total, part = {}, [], [], None, None
    for raw in text.splitlines():
        line, end = LINE.fullmatch(raw), TOTAL.fullmatch(raw)
        if end is not None:
            total = end.groups()
        elif line is not None:
            number, description, quantity, unit, price, amount = line.groups()
            lines.append(TextLine(number, description, plain(quantity), unit or "", plain(price), plain(amount)))
            part = "description"
        elif not lines:
            pair = HEADER.fullmatch(raw)
            if pair is not None:
                header[pair[1]] = pair[2]
                terms.extend([pair[2]] if pair[1] == "Terms" else [])
            elif terms and raw.startswith(" " * 14):
                terms[-1] += " " + raw.strip()
            elif terms and raw.startswith(" " * 12):
                terms.append(raw.strip())
        elif total is None and raw.strip() and set(raw) != {"-"}:
            part = extend(lines[-1], raw, part)
    if total is None:
        raise ValueError("no line that begins with TOTAL")
    open_items = text.partition("STATEMENT OF HOSTING CHARGES")[0].strip()
    return Text(open_items, header, terms, lines, total[0], plain(total[1]))


def extend(line, raw, part):
    """Takes one more row of print into the line above it."""
    words = raw.strip()
    if words.startswith(". "):
        line.notes.append(words[2:])
        return "note"
    if words.startswith("Source: "):
        line.source = words[len("Source: ") :]
        return "source"
    if part == "note":
        line.notes[-1] += " " + words
    elif part == "source":
        line.source += " " + words
    else:
        line.description += " " + words
    return part
