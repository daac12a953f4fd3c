import { wallAt } from "./centralClock.ts";
import type { Chance } from "./chance.ts";
import type { Asked, Expected } from "./expected.ts";
import { momentsOfDay, POINTS } from "./tables.ts";

/** A row of the page as it is meant. */
interface Message {
  readonly atMs: number;
  readonly summary: string;
  readonly type: string;
  readonly status: string;
}

const DAYS = ["2026-07-21", "2026-11-02", "2026-03-08", "2025-12-31"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Wordings as the page has them, some with characters that HTML writes otherwise; none of them ends another. */
const WORDINGS: readonly (readonly [summary: string, type: string])[] = [
  ["DC-tie (DC_R) derated to 100 MW & 50 MW until further notice.", "Operational Information"],
  ["The following GTC has changed: WESTEX < 9,999 MW.", "Operational Information"],
  ["Sudden loss of generation > 450 MW occurred at 14:02 – frequency 59.91 Hz.", "Operational Information"],
  ["ERCOT issued an operating condition notice for fixture validation.", "Operational Information"],
  ["ERCOT is issuing an OCN for extreme hot weather “heat dome”.", "OCN"],
  ["ERCOT is issuing an Advisory for Physical Responsive Capability below 3,000 MW.", "Advisory"],
  ["ERCOT issued a Watch: projected reserve shortage, HE 18 – HE 21.", "Watch"],
  ["ERCOT has declared EEA Level 2 at 19:25.", "Emergency Notice"],
  ["ERCOT ha declarado un aviso; véase «https://www.ercot.com».", "Operational Information"],
];

/** Time as the page shows it. */
function timeText(ms: number, hasSeconds = true): string {
  const { day, time } = wallAt(ms);
  const [year, month, date] = day.split("-");
  const hour = Number(time.slice(0, 2));
  const seconds = hasSeconds ? time.slice(5) : "";
  const shown = `${MONTHS[Number(month) - 1]} ${Number(date)}, ${year}`;
  return `${shown} ${hour % 12 || 12}:${time.slice(3, 5)}${seconds} ${hour < 12 ? "AM" : "PM"}`;
}

function escaped(text: string, chance: Chance): string {
  const named: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    "–": "&ndash;",
    "“": "&ldquo;",
    "”": "&rdquo;",
  };
  return [...text]
    .map((one) => {
      if (named[one] !== undefined && (one === "&" || one === "<" || chance.happens(0.5))) return named[one];
      if (!chance.happens(0.02)) return one;
      const code = one.codePointAt(0) as number;
      return chance.happens(0.5) ? `&#${code};` : `&#x${code.toString(16)};`;
    })
    .join("");
}

/** A row in one of many spellings of HTML. */
function rowHtml(chance: Chance, cells: readonly (readonly [name: string, text: string])[]): string {
  const isOpen = chance.happens(0.1);
  const written = cells.map(([name, text]) => {
    const quote = chance.pick(['"', "'", ""]);
    const classes = quote === "" ? name : chance.pick([name, `cell ${name}`, `${name} views-field`]);
    const inner = chance.pick([
      text,
      `\n   ${text}\n  `,
      `<span>${text}</span>`,
      `<p>${text}</p>`,
      `<a href="/x?a=1&b=2" title="a > b">${text}</a>`,
    ]);
    const tag = chance.pick(["td", "TD"]);
    const more = chance.pick(["", ' data-x="1"', " nowrap"]);
    return `<${tag} class=${quote}${classes}${quote}${more}>${inner}${isOpen ? "" : `</${tag}>`}`;
  });
  return `<tr>${written.join(chance.pick(["", "\n", "<!-- td -->"]))}${isOpen ? "" : "</tr>"}`;
}

const AROUND: readonly (readonly [before: string, after: string])[] = [
  ["<!doctype html><html><body>", "</body></html>"],
  [
    '<html><head><script>var t = "<table><tr><td class=datetime>x</td></tr></table>";</script></head><body>',
    "</body></html>",
  ],
  [
    "<html><body><table><tr><td>menu</td><td>other</td></tr></table>",
    "<table><tr><td>foot</td></tr></table></body></html>",
  ],
  ["<html><body><!-- <table> --><div><style>td > p {}</style>", "</div></body></html>"],
];

/** A page of operations messages with what was done to it, and what may come of it. */
export function messageCase(chance: Chance): { asked: Asked; expected: Expected } {
  const all = momentsOfDay(chance.pick(DAYS), 60_000);
  const count = chance.whole(1, 12);
  const places = new Set(Array.from({ length: count }, () => chance.whole(0, all.length - 1)));
  const messages = [...places]
    .toSorted((a, b) => b - a)
    .map((at): Message => {
      const [summary, type] = chance.pick(WORDINGS);
      return {
        atMs: (all[at] as number) + chance.whole(0, 59) * 1_000,
        summary,
        type,
        status: chance.happens(0.15) ? "Cancelled" : "Active",
      };
    });
  const fetchedMs = (messages[0] as Message).atMs + chance.whole(10, 7_000) * 1_000;
  const hit = new Set([...messages.keys()].filter(() => chance.happens(0.25)));
  const names = chance.shuffled(["datetime", "summary", "type", "priority"]);
  const rows = messages.map(({ atMs, summary, type, status }, i) => {
    const texts: Record<string, string> = {
      datetime: timeText(atMs),
      summary: escaped(summary, chance),
      type,
      priority: status,
    };
    const cells = names.map((name) => [name, texts[name] as string] as const);
    return rowHtml(chance, hit.has(i) ? oddCells(cells, chance) : cells);
  });
  const [before, after] = chance.pick(AROUND);
  const head = chance.happens(0.5)
    ? "<thead><tr><th>Date &amp; Time</th><th>Notice</th><th>Type</th><th>Status</th></tr></thead>"
    : "";
  const html = `${before}<table id="ops">${head}<tbody>${rows.join("\n")}</tbody></table>${after}`;
  const damage = chance.happens(0.06) ? chance.whole(0, 3) : undefined;
  const cut = html.indexOf("<tr><") + 4;
  const text =
    damage === undefined
      ? html
      : damage === 0
        ? html.slice(0, chance.whole(cut, html.indexOf("</table>", cut)))
        : damage === 1
          ? "<html><body>Request unsuccessful. Incapsula incident ID: 1-2</body></html>"
          : damage === 2
            ? ""
            : html.replaceAll("class=", "klass=").replace(head, "");
  const facts = messages.map(({ atMs, summary, type, status }) => ({
    key: `message|${new Date(atMs).toISOString()}|${type}|${status}`,
    value: summary,
  }));
  const must = new Map(facts.filter((_, i) => !hit.has(i)).map(({ key, value }) => [key, value]));
  const may = new Map(facts.map(({ key, value }) => [key, new Set([value])]));
  const isWhole = hit.size === 0 && damage === undefined;
  return {
    asked: {
      use: "ercot/operations-messages",
      point: POINTS[0] as (typeof POINTS)[number],
      bytes: Buffer.from(text),
      source: "page",
      fetchedMs,
      what: "operations messages",
    },
    expected: {
      must: damage === undefined ? must : new Map(),
      may,
      disputed: new Set(),
      isWhole,
      isUnreadable: damage !== undefined,
      loud: damage === undefined ? facts.map((one) => [one]) : [],
      mutations: hit.size + (damage === undefined ? 0 : 1),
    },
  };
}

const ODD_TIMES = [
  "",
  "yesterday",
  "Feb 30, 2026 1:00:00 AM",
  "Mar 8, 2026 2:30:00 AM",
  "Jul 21, 2026 13:15:00 PM",
  "Jul 21, 2026 25:00",
  "2026-07-21 04:15",
  "Jul 21, 2126 4:15:00 AM",
  "&nbsp;",
  "07/21/2026 4:15 AM",
];

/** A row whose time cannot be read, or that lacks a cell. */
function oddCells(
  cells: readonly (readonly [name: string, text: string])[],
  chance: Chance,
): readonly (readonly [name: string, text: string])[] {
  if (chance.happens(0.5))
    return cells.map(([name, text]) => [name, name === "datetime" ? chance.pick(ODD_TIMES) : text]);
  return cells.toSpliced(chance.whole(0, cells.length - 1), 1);
}
