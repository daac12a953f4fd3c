import { noCrossCheck } from "../../adapters/ercot/dashboardPrices.ts";
import pc from "picocolors";
import { readFileSync } from "node:fs";
import { hashpriceInForce, readHashpriceRows } from "../../adapters/hashprice/parseHashprice.ts";
import { feederPue, loadConfig } from "../../config/index.ts";
import { type ModeStrike, modeStrikes } from "../../domain/decision/modeStrikes.ts";
import { dayStart, operatingDayOf } from "../../domain/market/calendar.ts";
import type { OperatingDay } from "../../domain/market/model.ts";
import type { Contract } from "../../domain/settlement/model.ts";
import { summarizeTerms } from "../../domain/settlement/terms/index.ts";
import { covers } from "../../domain/units/effectiveDates.ts";
import { addSeconds, type Instant, instantFromMs, UnitError } from "../../domain/units/instant.ts";
import { fixed, kwText } from "../../domain/units/numberText.ts";
import { PortDataError } from "../../ports/errors.ts";
import { CommandError, ExitCode } from "../commandError.ts";
import type { DeployedFeed, Deployment } from "../worker/deployment.ts";
import { deploymentOf } from "../worker/loadDeployment.ts";
import { tableText } from "../tableText.ts";
import { driverFindings } from "../worker/driverFindings.ts";

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
  readonly hashprice: { readonly usdPerPhDay: number; readonly source: string };
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
  /** Why the settlement prices have no second route, where they have none. */
  readonly noCrossCheck?: string;
}

/**
 * Sums a valid configuration up. @throws ConfigError when it is not valid, CommandError (2) for a bad hashprice file.
 */
export function siteSummary(file: string, day: OperatingDay): SiteSummary {
  const config = loadConfig(file, driverFindings);
  const { plan, contracts, supply, meters, feeds } = deploymentOf(config, day);
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
      strikes: modeStrikes(cohort, hashprice.usdPerPhDay, plan),
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
    blocks: supply.blocks,
    adders: supply.adders,
    feeds,
    noCrossCheck: noCrossCheck(settlementPoint),
    meters: meters.map(({ meterId, clientId, model, host, port }) => ({
      meterId,
      clientId,
      model,
      at: `${host}:${port}`,
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
    settlementPoint,
    settlementPointType,
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
    `${pc.bold(siteId)} (${name})  ${settlementPoint} (${settlementPointType})  control ${control}  ` +
      `${kwText(powerKw)} with everything on`,
    `Hashprice ${fixed(hashprice.usdPerPhDay, 2)} $/PH/day (${hashprice.source}), avoidable adders ` +
      `${fixed(avoidableAddersUsdPerMwh, 2)} $/MWh, prices from ${priceFloorUsdPerMwh} to ${priceCapUsdPerMwh} $/MWh`,
    "",
    tableText(["cohort", "client", "model", "machines", "power"], cohorts, ["machines", "power"]),
    "",
    tableText(["cohort", "step", "strike $/MWh", "down above", "up below"], steps, [
      "strike $/MWh",
      "down above",
      "up below",
    ]),
    "",
    `Contracts in force on ${on}:`,
    tableText(["client", "name", "contract", "days"], clients),
    "",
    tableText(["client", "for", "terms"], terms),
    "",
    `Supply   ${summary.blocks.map(blockText).join("; ") || "no block"}; adders ${adders || "none"} $/MWh`,
    ...listText("Meters", meters),
    ...coolingLines(summary.meters),
    ...listText("Feeds", summary.feeds.map(feedText)),
    ...(summary.noCrossCheck === undefined ? [] : [`         ${summary.noCrossCheck}`]),
    "",
  ].join("\n");
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

function hashpriceOf(feeds: readonly DeployedFeed[], day: OperatingDay): SiteSummary["hashprice"] {
  for (const feed of feeds) {
    if (feed.kind === "hashprice-constant")
      return { usdPerPhDay: Number(feed.usdPerPhDay), source: "constant, assumed" };
    if (feed.kind !== "hashprice-file") continue;
    const { asOf, usdPerPhDay } = fileRow(feed.path, addSeconds(dayStart(day), 86_399));
    return { usdPerPhDay: Number(usdPerPhDay), source: `${feed.path}, as of ${asOf}` };
  }
  throw new CommandError(ExitCode.unusable, "the configuration has no hashprice: strikes cannot be computed");
}

function fileRow(path: string, at: Instant): { readonly asOf: Instant; readonly usdPerPhDay: string } {
  try {
    return hashpriceInForce(readHashpriceRows(readFileSync(path), path), at, path);
  } catch (cause) {
    if (!(cause instanceof PortDataError) && (cause as NodeJS.ErrnoException).code === undefined) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    const why = cause instanceof PortDataError ? cause.message : `${path}: cannot be read (${code})`;
    throw new CommandError(
      ExitCode.unusable,
      `hashprice file ${why}; feeds.hashprice.path names it, relative to the configuration`,
      { cause },
    );
  }
}

function feedText(feed: DeployedFeed): string {
  if (feed.kind === "hashprice-constant") return `hashprice ${feed.usdPerPhDay} (constant)`;
  return feed.kind === "hashprice-file" ? `hashprice ${feed.path}` : `${feed.kind} ${feed.baseUrl}`;
}
