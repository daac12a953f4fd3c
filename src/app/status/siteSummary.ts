import { hashprice } from "../../domain/inputs/hashprice.ts";
import pc from "picocolors";
import { feederPue } from "../../config/index.ts";
import { type ModeStrike, modeStrikes } from "../../domain/decision/modeStrikes.ts";
import { dayStart, operatingDayOf } from "../../domain/market/calendar.ts";
import type { MarketObservation } from "../../domain/inputs/marketFacts.ts";
import type { OperatingDay } from "../../domain/market/model.ts";
import type { Contract } from "../../domain/settlement/model.ts";
import { summarizeTerms } from "../../domain/settlement/terms/index.ts";
import { covers } from "../../domain/units/effectiveDates.ts";
import { addSeconds, type Instant, instantFromMs, UnitError } from "../../domain/units/instant.ts";
import { fixed, kwText } from "../../domain/units/numberText.ts";
import { PortDataError } from "../../ports/errors.ts";
import { CommandError, ExitCode } from "../commandError.ts";
import type { Deployment } from "../worker/deployment.ts";
import { feedsNotRead, feedsRead } from "../worker/feeds.ts";
import { deploymentOf } from "../worker/loadDeployment.ts";
import { type DeployedFeed, feedSource, meterKind } from "../worker/registries.ts";
import { loadSiteFile } from "../worker/siteFile.ts";
import { reserveSummary } from "./reserveSummary.ts";
import { tableText } from "../tableText.ts";
import { pointText } from "../../domain/market/settlementPoint.ts";

const LABEL_WIDTH = 9;

/** What a configuration comes to on one operating day, as `ballast check --json` prints it. */
export interface SiteSummary {
  readonly file: string;
  readonly on: OperatingDay;
  readonly siteId: string;
  readonly name: string;
  readonly settlementPoint: string;
  readonly settlementPointType: string;
  readonly control: string;
  /** All machines in their normal mode, at the site meter, without house load. */
  readonly powerKw: number;
  /** Absent where it is made of what feeds read while the site runs: then there are no strikes either. */
  readonly hashprice?: { readonly usdPerPhDay: number; readonly source: string };
  readonly avoidableAddersUsdPerMwh: number;
  readonly priceFloorUsdPerMwh: number;
  readonly priceCapUsdPerMwh: number;
  readonly cohorts: readonly {
    readonly cohortId: string;
    readonly clientId: string;
    readonly model: string;
    readonly machines: number;
    readonly powerKw: number;
    readonly lockedOut: boolean;
    readonly control: string;
    readonly strikes: readonly ModeStrike[];
  }[];
  readonly clients: readonly { readonly clientId: string; readonly name: string; readonly inForce?: Contract }[];
  /** Absent where it sells no ancillary services. */
  readonly reserve?: Deployment["plan"]["reserve"];
  readonly blocks: Deployment["supply"]["blocks"];
  readonly adders: Deployment["supply"]["adders"];
  readonly meters: readonly {
    readonly meterId: string;
    readonly clientId?: string;
    readonly model: string;
    readonly at: string;
    /** W at the meter for each machine W behind it: at a feeder 1 where the cooling is metered at the site. */
    readonly pue: number;
  }[];
  readonly feeds: readonly DeployedFeed[];
  /** Of feeds that are listed and not read at this site: why. */
  readonly feedsNotRead: readonly string[];
}

/**
 * Sums a valid configuration up. @throws ConfigError when it is not valid, CommandError (2) for a bad hashprice file.
 */
export function siteSummary(file: string, day: OperatingDay): SiteSummary {
  const config = loadSiteFile(file);
  const deployment = deploymentOf(config, day);
  const { plan, contracts, supply, meters } = deployment;
  const feeds = feedsRead(deployment);
  const hashprice = hashpriceOf(feeds, day);
  const cohorts = plan.cohorts.map((cohort) => {
    const normal = cohort.modes.find((mode) => mode.modeId === cohort.normalModeId);
    const { cohortId, clientId, model, machines, lockedOut, control } = cohort;
    return {
      cohortId,
      clientId,
      model,
      machines,
      lockedOut,
      control,
      powerKw: (machines * (normal?.powerW ?? Number.NaN) * plan.pue) / 1000,
      strikes: hashprice === undefined ? [] : modeStrikes(cohort, hashprice.usdPerPhDay, plan),
    };
  });
  const {
    siteId,
    settlementPoint,
    settlementPointType,
    control,
    avoidableAddersUsdPerMwh,
    priceFloorUsdPerMwh,
    priceCapUsdPerMwh,
  } = plan;
  return {
    file,
    on: day,
    siteId,
    name: config.site.name,
    settlementPoint,
    settlementPointType,
    control,
    hashprice,
    avoidableAddersUsdPerMwh,
    priceFloorUsdPerMwh,
    priceCapUsdPerMwh,
    cohorts,
    powerKw: cohorts.reduce((sum, cohort) => sum + cohort.powerKw, 0),
    clients: config.clients.map(({ clientId, name }) => ({
      clientId,
      name,
      inForce: contracts.find((contract) => contract.clientId === clientId && covers(contract, day)),
    })),
    reserve: plan.reserve,
    blocks: supply.blocks,
    adders: supply.adders,
    feeds,
    feedsNotRead: feedsNotRead(deployment),
    meters: meters.map(({ meterId, clientId, meter }) => ({
      meterId,
      clientId,
      model: meter.use,
      at: meterKind(meter).address(meter),
      pue: (clientId === undefined ? undefined : feederPue(config.meters, clientId)) ?? plan.pue,
    })),
  };
}

/** The summary for a terminal. Lines end in `\n`. */
export function siteSummaryText(summary: SiteSummary): string {
  const {
    file,
    on,
    siteId,
    name,
    control,
    powerKw,
    hashprice,
    avoidableAddersUsdPerMwh,
    priceFloorUsdPerMwh,
    priceCapUsdPerMwh,
  } = summary;
  const cohorts = summary.cohorts.map(({ cohortId, clientId, model, machines, powerKw: kw, lockedOut }) => [
    lockedOut ? `${cohortId} (locked out)` : cohortId,
    clientId,
    model,
    String(machines),
    kwText(kw),
  ]);
  const steps = summary.cohorts.flatMap(({ cohortId, strikes }) =>
    strikes.map((step, i) => [
      i === 0 ? cohortId : "",
      `${step.lowerModeId} → ${step.upperModeId}`,
      fixed(step.strikeUsdPerMwh, 2),
      fixed(step.offAboveUsdPerMwh, 2),
      fixed(step.onBelowUsdPerMwh, 2),
    ]),
  );
  const clients = summary.clients.map(({ clientId, name: client, inForce }) =>
    inForce
      ? [
          clientId,
          client,
          `${inForce.contractId} v${inForce.version}`,
          `${inForce.effectiveFrom} to ${inForce.effectiveTo ?? "open"}`,
        ]
      : [clientId, client, pc.yellow("none in force"), "–"],
  );
  const terms = summary.clients.flatMap(({ clientId, inForce }) =>
    inForce
      ? [
          [clientId, "energy", summarizeTerms(inForce).energy],
          ["", "curtailment credit", summarizeTerms(inForce).credit],
        ]
      : [],
  );
  const adders = summary.adders.map((adder) => `${adder.code} ${adder.usdPerMwh}`).join(", ");
  const meters = summary.meters.map(({ meterId, clientId, model, at }) => {
    return `${meterId} (${clientId ?? "site"}, ${model}, ${at})`;
  });
  return [
    `${pc.green("ok")}  ${file}`,
    "",
    `${pc.bold(siteId)} (${name})  ${pointText(summary)}  control ${control}  ` +
      `${kwText(powerKw)} with everything on`,
    `Hashprice ${hashpriceText(hashprice)}, avoidable adders ` +
      `${fixed(avoidableAddersUsdPerMwh, 2)} $/MWh, prices from ${priceFloorUsdPerMwh} to ${priceCapUsdPerMwh} $/MWh`,
    "",
    tableText(["cohort", "client", "model", "machines", "power"], cohorts, ["machines", "power"]),
    "",
    ...(steps.length === 0
      ? []
      : [
          tableText(["cohort", "step", "strike $/MWh", "down above", "up below"], steps, [
            "strike $/MWh",
            "down above",
            "up below",
          ]),
          "",
        ]),
    `Contracts in force on ${on}:`,
    tableText(["client", "name", "contract", "days"], clients),
    "",
    tableText(["client", "for", "terms"], terms),
    "",
    `Supply   ${summary.blocks.map(blockText).join("; ") || "no block"}; adders ${adders || "none"} $/MWh`,
    ...listText("Reserve", reserveSummary(summary.reserve)),
    ...listText("Meters", meters),
    ...coolingLines(summary.meters),
    ...listText(
      "Feeds",
      summary.feeds.map((feed) => feedSource(feed).describe(feed)),
    ),
    ...listText("", summary.feedsNotRead),
    "",
  ].join("\n");
}

function hashpriceText(hashprice: SiteSummary["hashprice"]): string {
  return hashprice === undefined
    ? "is made of the network and the price of a bitcoin while the site runs"
    : `${fixed(hashprice.usdPerPhDay, 2)} $/PH/day (${hashprice.source})`;
}

function coolingLines(meters: SiteSummary["meters"]): string[] {
  const without = meters.flatMap(({ clientId, pue }) => (clientId !== undefined && pue === 1 ? [clientId] : []));
  const withIt = meters.flatMap(({ clientId, pue }) =>
    clientId !== undefined && pue !== 1 ? [`${clientId} ${pue} W`] : [],
  );
  const site = meters.find(({ clientId }) => clientId === undefined);
  return [
    `Cooling  site meter: ${site?.pue} W for each machine W; decisions and megawatts count by it`,
    ...(without.length === 0 ? [] : [`         metered at the site, so not in the credits of ${without.join(", ")}`]),
    ...(withIt.length === 0 ? [] : [`         metered at the feeder, so in the credits of ${withIt.join(", ")}`]),
  ];
}

/** One entry a line under a label. */
function listText(label: string, entries: readonly string[]): string[] {
  return entries.map((entry, i) => `${(i === 0 ? label : "").padEnd(LABEL_WIDTH)}${entry}`);
}

function blockText(block: SiteSummary["blocks"][number]): string {
  return `${block.blockId}: ${block.quantityKw} kW at ${block.priceUsdPerMwh} $/MWh${block.resale ? ", resale" : ""}`;
}

/** The day asked for, today in Central time when none is. @throws CommandError (2) for a day that does not exist. */
export function dayToCheck(on: string | undefined): OperatingDay {
  if (on === undefined) return operatingDayOf(instantFromMs(Date.now()));
  try {
    dayStart(on);
    return on;
  } catch (cause) {
    if (!(cause instanceof UnitError)) throw cause;
    throw new CommandError(ExitCode.unusable, `--on: ${cause.message}`, { cause });
  }
}

/** Hashprice at the day's end, of a source that is read on this machine; absent where none says it. */
function hashpriceOf(feeds: readonly DeployedFeed[], day: OperatingDay): SiteSummary["hashprice"] {
  return localHashprice(feeds, addSeconds(dayStart(day), 86_399));
}

/**
 * Hashprice at a moment that a feed says without anybody outside being asked, $ per PH/s and day; undefined where none
 * does. @throws CommandError (2) for a file that cannot be used
 */
export function localHashprice(feeds: readonly DeployedFeed[], at: Instant): SiteSummary["hashprice"] {
  for (const feed of feeds) {
    const said = saidLocally(feed, at).find((one) => one.kind === hashprice.kind);
    if (said === undefined) continue;
    const usdPerPhDay = Number(said.usdPerPhDay);
    return said.quality === "ASSUMED"
      ? { usdPerPhDay, source: "constant, assumed" }
      : { usdPerPhDay, source: `${said.documentId}, as of ${said.asOf}` };
  }
  return undefined;
}

function saidLocally(feed: DeployedFeed, at: Instant): readonly MarketObservation[] {
  const source = feedSource(feed);
  try {
    return source.local?.(feed, at) ?? [];
  } catch (cause) {
    if (!(cause instanceof PortDataError)) throw cause;
    throw new CommandError(ExitCode.unusable, `${source.gives} file ${cause.message}`, { cause });
  }
}
