import pc from "picocolors";
import type { Instant } from "../../domain/units/instant.ts";
import { fixed, kwText, unrounded } from "../../domain/units/numberText.ts";
import type { CallsNow, DeploymentNow } from "../../readModels/deploymentsNow.ts";
import type { ObligationsNow } from "../../readModels/obligationsNow.ts";
import type { ReserveNow, ServiceNow } from "../../readModels/reserveNow.ts";
import type { SiteNow } from "../../readModels/siteNow.ts";
import { ageText, centralTime } from "../timeText.ts";

/** What a site has sold now, for a line of `ballast status`; none where its file sells nothing. */
export function reserveFact({ reserve, at }: Pick<SiteNow, "reserve" | "at">): readonly string[] {
  if (reserve === undefined) return [];
  const { services, gates } = reserve;
  const unmet = gates.filter(({ isMet }) => !isMet).map(({ called }) => pc.red(`${called} is not met`));
  const stands =
    services.length === 0 ? [] : [droppableText(reserve), ...(reserve.gapKw > 0 ? [gapText(reserve)] : [])];
  const sold = services.length === 0 ? "nothing is sold now" : services.map((one) => soldText(one, at)).join(", ");
  return [[sold, ...stands, ...nextText(reserve, at), ...unmet].join("; ")];
}

/** How a site stands for what it has sold, for `ballast obligations`: a line each. */
export function reserveLines({ reserve, at }: ObligationsNow): readonly string[] {
  if (reserve === undefined) return [];
  const { services, gates, broken, down } = reserve;
  const owed =
    services.length === 0
      ? "Of ancillary services nothing is sold now."
      : `Ancillary services: ${kwText(reserve.owedKw)} are to be there to be dropped; ${droppableText(reserve)}` +
        `${reserve.gapKw > 0 ? `; ${gapText(reserve)}` : ""}.`;
  return [
    owed,
    ...services.flatMap((one) => serviceLines(one, at)),
    ...(down === undefined ? [] : [riseText(down)]),
    ...broken.map(({ kw, by, usdPerH, why }) => {
      const cost = usdPerH === undefined ? "" : `, ${fixed(usdPerH, 2)} $/h`;
      return `Not kept on: ${kwText(kw)}${by === undefined ? "" : `, for ${by}`}${cost}: ${why}.`;
    }),
    ...nextText(reserve, at).map((text) => `F${text.slice(1)}.`),
    ...gates.map((gate) => gateText(gate, at)),
    ...reserve.deployments.map((one) => deploymentText(one, at)),
    ...reserve.calls.flatMap(callsText),
  ];
}

/** `ECRS 0.6 MW, 7.20 $/h at 12.00 $/MW`. */
function soldText({ called, awardedKw, mcpc, usdPerH, awards }: ServiceNow, at: Instant): string {
  const doubts = [...new Set(awards.flatMap((one) => one.doubts))];
  const worth =
    mcpc === undefined || usdPerH === undefined
      ? "no clearing price known"
      : `${fixed(usdPerH, 2)} $/h at ${fixed(mcpc.usdPerMwHour, 2)} $/MW of ${centralTime(mcpc.scedAt, at)}`;
  return `${called} ${mwText(awardedKw)} (${[worth, ...doubts.map((one) => pc.red(one))].join(", ")})`;
}

function serviceLines(service: ServiceNow, at: Instant): string[] {
  const { called, awardedKw, deployedKw, mcpc, usdPerH, awards } = service;
  const worth =
    mcpc === undefined || usdPerH === undefined
      ? "no clearing price known"
      : `an hour is worth ${fixed(usdPerH, 2)} $ at ${fixed(mcpc.usdPerMwHour, 2)} $/MW of the SCED run ` +
        `${centralTime(mcpc.scedAt, at)} (${ageText(mcpc.ageSeconds)} ago)`;
  const deployed = deployedKw === 0 ? "" : `, ${mwText(deployedKw)} of it deployed`;
  return [
    `${called}: ${mwText(awardedKw)} sold${deployed}; ${worth}.`,
    ...awards.map(({ resource, asType, awardedMw, marketType, startsAt, endsAt, doubts }) => {
      const market = marketType === undefined ? "" : ` ${marketType}`;
      const span = `${centralTime(startsAt, at)} to ${centralTime(endsAt, at)}`;
      const doubt = doubts.map((one) => `; ${pc.red(one)}`).join("");
      return `  ${resource} ${asType} ${awardedMw} MW${market} ${span}${doubt}`;
    }),
  ];
}

function droppableText({ droppableKw, lowPowerKw }: ReserveNow): string {
  return `${kwText(droppableKw)} can be dropped, to ${kwText(lowPowerKw)} at the least`;
}

function gapText({ gapKw }: ReserveNow): string {
  return pc.red(`${kwText(gapKw)} short`);
}

function riseText({ owedKw, canRiseKw, gapKw }: NonNullable<ReserveNow["down"]>): string {
  const can = canRiseKw === undefined ? "the meter was not read" : `${kwText(canRiseKw)} of room`;
  const short = gapKw === undefined || gapKw === 0 ? "" : `, ${pc.red(`${kwText(gapKw)} short`)}`;
  return `Reg-Down: the load is to be able to rise by ${kwText(owedKw)}; ${can}${short}.`;
}

function nextText({ next }: ReserveNow, at: Instant): string[] {
  if (next === undefined) return [];
  const sold = [
    ...(next.awardedKw === 0 ? [] : [mwText(next.awardedKw)]),
    ...(next.downKw === 0 ? [] : [`${mwText(next.downKw)} Reg-Down`]),
  ];
  return [`from ${centralTime(next.at, at)} ${sold.length === 0 ? "nothing" : sold.join(" and ")} is sold`];
}

function gateText({ called, isMet, evidence, metFrom, until }: ReserveNow["gates"][number], at: Instant): string {
  const from = metFrom === undefined ? "" : `, from ${centralTime(metFrom, at)}`;
  const to = until === undefined ? "" : ` to ${centralTime(until, at)}`;
  const proof = evidence === undefined ? "" : `; ${evidence}`;
  return isMet ? `Gate met: ${called}${from}${to}${proof}.` : pc.red(`Gate not met: ${called}${from}${to}.`);
}

function deploymentText(one: DeploymentNow, at: Instant): string {
  const {
    instructionId,
    issuer,
    called,
    from,
    endedAt,
    respondBy,
    sustainUntil,
    longestUntil,
    restoreBy,
    band,
    shortNotice,
  } = one;
  const until = (moment: Instant | undefined, say: string): string =>
    moment === undefined ? "" : ` ${say} ${centralTime(moment, at)}.`;
  const state = endedAt === undefined ? "" : `, ended ${centralTime(endedAt, at)}`;
  const inside =
    band?.isInside === undefined ? "" : band.isInside ? ", the meter is inside" : pc.red(", the meter is outside");
  const performs =
    band === undefined ? "" : ` It performs from ${kwText(band.lowKw)} to ${kwText(band.highKw)}${inside}.`;
  const notice =
    shortNotice === undefined
      ? ""
      : pc.red(
          ` It came ${fixed(shortNotice.minutes, 0)} min before, ${shortNotice.registeredMinutes} are registered.`,
        );
  return (
    `${called} deployed by ${instructionId} of ${issuer} since ${centralTime(from, at)}${state}.${notice}${performs}` +
    until(respondBy, "It is to show by") +
    until(sustainUntil, "It is to hold until") +
    until(longestUntil, "It may last until") +
    until(restoreBy, "The load is to be back by")
  );
}

function callsText({ resource, today, week, dailyMax, weeklyMax }: CallsNow): string[] {
  if (today + week === 0 && dailyMax === undefined && weeklyMax === undefined) return [];
  const of = (most: number | undefined): string => (most === undefined ? "" : ` of at most ${most}`);
  const isOver = (dailyMax !== undefined && today > dailyMax) || (weeklyMax !== undefined && week > weeklyMax);
  const text = `${resource} deployed ${today}${of(dailyMax)} times today, ${week}${of(weeklyMax)} in seven days.`;
  return [isOver ? pc.red(text) : text];
}

function mwText(kw: number): string {
  return `${unrounded(Math.round(kw * 1e3) / 1e6, 1)} MW`;
}
