import { ruleOf } from "../../domain/decision/rules/index.ts";
import type { Reason } from "../../domain/decision/model.ts";
import { fixed, grouped, kwText } from "../../domain/units/numberText.ts";
import { type LadderStep, PRICE, type WhyNow } from "../../readModels/whyNow.ts";
import { tableText } from "../tableText.ts";
import { centralTime } from "../timeText.ts";
import { wrapText } from "../wrapText.ts";
import { holdFacts } from "./holdsText.ts";

interface TextWidth {
  /** Of the terminal, in characters. */
  readonly columns: number;
}

/** Why a site is where it is, for a terminal. */
export function whyText(why: WhyNow, { columns }: TextWidth): string {
  const { siteId, sequence, at, expectedUsdPerMwh, alternatives, ladder, cohorts } = why;
  const price = expectedUsdPerMwh === undefined ? "no current price" : `${fixed(expectedUsdPerMwh, 2)} $/MWh expected`;
  const wrap = (text: string): string => wrapText(text, columns, 2);
  return [
    `${siteId}, decision ${sequence} of ${centralTime(at)} Central: ${price}`,
    wrap(why.sentence),
    ...holdFacts(why).map(([label, text]) => wrap(`${label} ${text}`)),
    "",
    alternatives.length === 0
      ? "No alternatives: without a price and a hashprice nothing can be compared."
      : tableText(
          ["what it could do", "$/h", "kW"],
          alternatives.map(({ name, usdPerH, kw }) => [name, fixed(usdPerH, 2), grouped(fixed(kw, 1))]),
          ["$/h", "kW"],
        ),
    "",
    tableText(["step", "kW", "strike", "off above", "on below", "$/h", "on", "held by"], ladder.map(stepCells), [
      "kW",
      "strike",
      "off above",
      "on below",
      "$/h",
      "on",
    ]),
    "",
    ...cohorts.map(({ sentence }) => wrap(sentence)),
    ...changes(why).map(wrap),
    "",
  ].join("\n");
}

function stepCells(step: LadderStep): string[] {
  return [
    `${step.cohortId} ${step.lowerModeId}-${step.upperModeId}`,
    fixed(step.kw, 1),
    fixed(step.strikeUsdPerMwh, 2),
    fixed(step.offAboveUsdPerMwh, 2),
    fixed(step.onBelowUsdPerMwh, 2),
    fixed(step.usdPerH, 2),
    `${fixed(step.onShare * 100, 0)} %`,
    [...new Set([step.heldBy, ...(step.keptOnBy === undefined ? [] : [step.keptOnBy])])].join(", on by "),
  ];
}

/** What price or event would change it. */
function changes(why: WhyNow): string[] {
  const { offAboveUsdPerMwh, onBelowUsdPerMwh, ladder, cohorts, broken, keptOn, buyBack, nextLook, at } = why;
  const rules = [...new Set(ladder.map(({ heldBy }) => heldBy).filter((by) => by !== PRICE))];
  return [
    ...(offAboveUsdPerMwh === undefined
      ? []
      : [`The next step goes off for price above ${fixed(offAboveUsdPerMwh, 2)} $/MWh.`]),
    ...(onBelowUsdPerMwh === undefined
      ? []
      : [`The next step comes on for price below ${fixed(onBelowUsdPerMwh, 2)} $/MWh.`]),
    ...rules.map((by) => `${by}: ${waits(by as Reason)}`),
    ...cohorts.flatMap(({ cohortId, heldUntil }) =>
      heldUntil === undefined ? [] : [`${cohortId} may move for price at ${centralTime(heldUntil, at)}.`],
    ),
    ...keptOn.map(({ cohortId, reason, kw }) => `${reason} keeps ${kwText(kw)} of ${cohortId} on, beyond the price.`),
    ...buyBack.map(
      ({ called, usdPerMwHour }) => `To leave a MW of ${called} out costs ${fixed(usdPerMwHour, 2)} $ for an hour.`,
    ),
    ...broken.map(({ why: bound, by, usdPerH }) => {
      const cost = usdPerH === undefined ? "" : `, worth ${fixed(usdPerH, 2)} $/h`;
      return `Does not hold: ${bound}${by === undefined ? "" : `, for ${by}`}${cost}.`;
    }),
    `It looks again at ${centralTime(nextLook, at)} Central, sooner if something comes.`,
  ];
}

function waits(reason: Reason): string {
  return ruleOf(reason).waitsFor === undefined
    ? "a person ends it."
    : "it ends with what it says above; then the price decides.";
}
