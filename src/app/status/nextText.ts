import type { DeviationCause } from "../../domain/decision/planDeviations.ts";
import { type Split, splitText } from "../../domain/decision/split.ts";
import { fixed, grouped, kwText } from "../../domain/units/numberText.ts";
import type { KwByReason, NextInterval, NextNow } from "../../readModels/nextNow.ts";
import { tableText } from "../tableText.ts";
import { ageText, centralTime } from "../timeText.ts";
import { wrapText } from "../wrapText.ts";

const SOURCES = { sced: "SCED", rtd: "RTD", "day-ahead": "day-ahead" } as const;

/** What a site is to do in the coming quarter hours, for a terminal. */
export function nextText(next: NextNow, { columns }: { readonly columns: number }): string {
  const { siteId, sequence, madeAt, intervals, moves } = next;
  const wrap = (text: string): string => wrapText(text, columns, 2);
  const unforeseen = intervals.filter(({ price }) => price === undefined).length;
  return [
    wrap(`${siteId}, from decision ${sequence} of ${centralTime(madeAt)} Central on`),
    "",
    tableText(
      ["quarter hour", "price", "said by", "age", "kW", "below normal, kept on", "off above", "on below"],
      intervals.map(cells),
      ["price", "age", "kW", "off above", "on below"],
    ),
    "",
    ...(moves.length === 0 ? ["Nothing moves."] : []),
    ...moves.map(({ at, cohortId, from, to, reason }) =>
      wrap(`${clock(at)} ${cohortId}: ${splitText(from)} to ${splitText(to)}, ${reason}`),
    ),
    ...done(next).map(wrap),
    "",
    wrap(
      "It is the decision itself, run forward: as if each price were known at the start of its quarter hour, nothing " +
        "new were said, and the machines that are able now stayed so. RTD and day-ahead prices bind nobody.",
    ),
    ...(unforeseen === 0
      ? []
      : [
          wrap(
            `No price is foreseen for ${unforeseen} of them: there the site does what it does when prices are silent.`,
          ),
        ]),
    "",
  ].join("\n");
}

function cells(one: NextInterval): string[] {
  const { from, until, price, priceAgeSeconds, meanKw, offAboveUsdPerMwh, onBelowUsdPerMwh } = one;
  return [
    `${clock(from)}-${clock(until)}`,
    usd(price?.usdPerMwh),
    price === undefined ? "nobody" : SOURCES[price.source],
    priceAgeSeconds === undefined ? "" : ageText(priceAgeSeconds),
    grouped(fixed(meanKw, 1)),
    [...parts("", one.curtailedKw), ...parts("on by ", one.heldOnKw)].join(", "),
    usd(offAboveUsdPerMwh),
    usd(onBelowUsdPerMwh),
  ];
}

function parts(how: string, kw: KwByReason): string[] {
  return Object.entries(kw).map(([reason, one]) => `${how}${reason} ${kwText(one)}`);
}

function usd(usdPerMwh: number | undefined): string {
  return usdPerMwh === undefined ? "" : fixed(usdPerMwh, 2);
}

/** What was done otherwise, a line each. */
function done({ deviations }: NextNow): string[] {
  if (deviations === undefined) return [];
  if (deviations.length === 0) return ["", "Every quarter hour that is over ended as planned."];
  return [
    "",
    "Done otherwise, at the end of each quarter hour:",
    ...deviations.map(
      ({ until, cohortId, planned, did, cause }) =>
        `${clock(until)} ${cohortId}: ${counted(planned)} planned, ${counted(did)} done: ${causeText(cause)}`,
    ),
  ];
}

/** `109 normal`: of two that stand in one mode the count tells. */
function counted(split: Split): string {
  return split.map(({ modeId, machines }) => `${machines} ${modeId}`).join(", ");
}

function causeText(cause: DeviationCause): string {
  switch (cause.kind) {
    case "rule":
      return cause.reason;
    case "rule-gone":
      return `${cause.reason} did not hold it any more`;
    case "able":
      return `${cause.were} machines were able, not ${cause.planned}`;
    case "hold":
      return `held until ${clock(cause.until)} after an earlier move`;
    case "price":
      return `the price was ${usdOrNone(cause.expected)}, not ${usdOrNone(cause.foreseen)}`;
    case "strike":
      return `its strike was ${usdOrNone(cause.was)}, not ${usdOrNone(cause.planned)}`;
    case "configuration":
      return "the configuration had changed";
    case "timing":
      return "its moves and holds began at other moments";
  }
}

function usdOrNone(usdPerMwh: number | undefined): string {
  return usdPerMwh === undefined ? "unknown" : `${fixed(usdPerMwh, 2)} $/MWh`;
}

/** Central `HH:MM`; the second copy of the repeated hour is marked. */
function clock(at: NextNow["madeAt"]): string {
  const [, time = "", copy] = centralTime(at).split(" ");
  return copy === undefined ? time.slice(0, 5) : `${time.slice(0, 5)} ${copy}`;
}
