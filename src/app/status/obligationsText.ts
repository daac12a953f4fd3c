import { demandText } from "../../domain/inputs/demand.ts";
import { kwText } from "../../domain/units/numberText.ts";
import { secondsBetween } from "../../domain/units/instant.ts";
import type { Obligation, ObligationsNow } from "../../readModels/obligationsNow.ts";
import { ageText, centralTime } from "../timeText.ts";
import { wrapText } from "../wrapText.ts";
import { holdFacts } from "./holdsText.ts";
import { reserveLines } from "./reserveText.ts";

interface TextWidth {
  /** Of the terminal, in characters. */
  readonly columns: number;
}

/** What a site owes, for a terminal. */
export function obligationsText(now: ObligationsNow, { columns }: TextWidth): string {
  const { siteId, at, meteredKw, meteredAt, obligations, droppableKw, notDroppable, ended } = now;
  const metered =
    meteredKw === undefined || meteredAt === undefined
      ? "meter not read"
      : `${kwText(meteredKw)} on the meter ${ageText(secondsBetween(meteredAt, at))} ago`;
  const lines = [
    `${siteId} at ${centralTime(at)} Central: ${metered}; ${kwText(droppableKw)} can be dropped now`,
    ...notDroppable.map(({ cohortId, why }) => `Nothing of ${cohortId} can be dropped: ${why}.`),
    ...holdFacts(now).map(([label, text]) => `${label} ${text}`),
    ...reserveLines(now),
    ...(obligations.length === 0 ? ["No instruction is open."] : obligations.map((one) => obligationText(one, now))),
    ...ended
      .filter(({ clockId }) => !obligations.some(({ clock }) => clock?.clockId === clockId))
      .map(({ instructionId, issuer, verdict }) => {
        const of = issuer === undefined ? "" : ` of ${issuer}`;
        return `Ended: ${instructionId}${of}. ${verdict?.sentence ?? ""}`;
      }),
  ];
  return `${lines.map((line) => wrapText(line, columns, 2)).join("\n")}\n`;
}

function obligationText(one: Obligation, { at }: ObligationsNow): string {
  const { instructionId, issuer, product, demand, cohortIds, from, until, clock, leftSeconds, missingKw } = one;
  const asked = `curtail${demand === undefined ? "" : demandText(demand)}`;
  const of = cohortIds === undefined ? "the site" : cohortIds.join(", ");
  const span = `from ${centralTime(from, at)} until ${until === undefined ? "recalled" : centralTime(until, at)}`;
  const counted = countedText(one);
  const target = clock?.targetKw === undefined ? "" : ` Target ${kwText(clock.targetKw)}.`;
  const missing =
    missingKw === undefined ? "" : missingKw === 0 ? " The meter is there." : ` ${kwText(missingKw)} above it.`;
  const left =
    leftSeconds === undefined || clock?.verdict !== undefined
      ? ""
      : leftSeconds < 0
        ? " The deadline is past."
        : ` ${ageText(leftSeconds)} left.`;
  const verdict =
    clock?.verdict === undefined ? (clock === undefined ? " No clock yet." : "") : ` ${clock.verdict.sentence}`;
  const named = product === undefined ? "" : ` (${product})`;
  const what = `${instructionId} of ${issuer}${named}: ${asked}, ${of}, ${span}.`;
  return `${what}${target}${counted}${missing}${left}${verdict}`;
}

/** Where the load moved between the telling of a reduction of the site and its start: what each counts from. */
function countedText({ demand, cohortIds, clock }: Obligation): string {
  if (demand?.kind !== "reduce" || cohortIds !== undefined) return "";
  const [decidedKw, baseKw] = [demand.fromKw, clock?.baseKw];
  if (decidedKw === undefined || baseKw === undefined || kwText(decidedKw) === kwText(baseKw)) return "";
  return ` Decided from ${kwText(decidedKw)} ordered when it was told, measured from ${kwText(baseKw)} at its start.`;
}
