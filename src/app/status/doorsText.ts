import pc from "picocolors";
import { demandText } from "../../domain/inputs/demand.ts";
import { revisionOf } from "../../domain/inputs/instructionSuccession.ts";
import type { SiteId } from "../../domain/units/ids.ts";
import type { Instant } from "../../domain/units/instant.ts";
import type { AwardTaken, DoorsNow, InstructionTaken } from "../../ports/siteRecords.ts";
import { centralTime } from "../timeText.ts";

/** Awards that a look shows; the JSON has all. */
const AWARDS_SHOWN = 6;

/** What came through the doors, a label and a text for each line: instructions, refusals of the last day, awards. */
export function doorsFacts(
  siteId: SiteId,
  { instructions, refused, awards }: DoorsNow,
  at: Instant,
): (readonly [string, string])[] {
  const [first] = awards;
  const more = awards.length > AWARDS_SHOWN ? `; ${awards.length - AWARDS_SHOWN} more` : "";
  return [
    ...instructions.map((one) => ["instruction", instructionText(siteId, one, at)] as const),
    ...(refused.count === 0
      ? []
      : [["turned away", pc.red(`${refused.count} messages in 24 h, newest of ${refused.newest}`)] as const]),
    ...(first === undefined
      ? []
      : [
          [
            "awarded",
            `${awards
              .slice(0, AWARDS_SHOWN)
              .map((one) => awardText(one, at))
              .join("; ")}${more}`,
          ] as const,
        ]),
  ];
}

function instructionText(siteId: SiteId, one: InstructionTaken, at: Instant): string {
  const { instruction, issuer, acknowledged, isTold, door, receivedAt } = one;
  const { instructionId, product, demand, until } = instruction;
  const what = demand === undefined ? " to go off" : demandText(demand);
  const end = until === undefined ? "until it is recalled" : `until ${centralTime(until, at)}`;
  const isSeen = acknowledged?.revision === revisionOf(instruction);
  // Whole as it stands: another issuer may use the id, and the run may have other sites.
  const command = `ballast instruct --ack ${instructionId} --issuer ${issuer} --site ${siteId}`;
  const seen = isSeen
    ? `acknowledged by ${acknowledged.by} at ${centralTime(acknowledged.at, at)}`
    : pc.yellow(`not acknowledged: ${command}`);
  const told = isTold ? "" : `; ${pc.red("the site has not been told yet")}`;
  const of = `${issuer}${product === undefined ? "" : ` (${product})`}`;
  return `${instructionId} of ${of}${what} ${end}, by ${door} at ${centralTime(receivedAt, at)}; ${seen}${told}`;
}

function awardText({ asType, awardedMw, resource, startsAt, endsAt, isTold }: AwardTaken, at: Instant): string {
  const told = isTold ? "" : ` (${pc.red("the site has not been told yet")})`;
  return `${resource} ${asType} ${awardedMw} MW ${centralTime(startsAt, at)} to ${centralTime(endsAt, at)}${told}`;
}
