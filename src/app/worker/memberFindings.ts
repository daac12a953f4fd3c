import {
  expandHosts,
  hostCount,
  HOSTS_MAX,
  type Finding,
  finding,
  modeSetpoint,
  setpointKeys,
  type SiteCheck,
  warning,
} from "../../config/index.ts";
import { setpointText } from "../../domain/units/setpoint.ts";
import { scedMcpc } from "../../domain/inputs/scedMcpc.ts";
import { awardProduct } from "../../domain/market/awardProducts.ts";
import { isKnownBySource } from "../../domain/inputs/marketFacts.ts";
import type { FeedSource } from "../../ports/feedSource.ts";
import { isToBeMade, madeFactFindings } from "./madeFacts.ts";
import { peakFindings } from "./peakFindings.ts";
import {
  ACCESS_PROBLEMS,
  driverKind,
  FEED_SOURCES,
  feedSource,
  meterKind,
  type SiteFile,
  stopInputKind,
} from "./registries.ts";

/** What the members of the registries find wrong with a site's file: its feeds, drivers, meters and stop inputs. */
export const memberFindings: SiteCheck<SiteFile> = (site) => [
  ...accessFindings(site),
  ...feedFindings(site),
  ...madeFactFindings(site),
  ...peakFindings(site),
  ...driverFindings(site),
  ...machineFindings(site),
  ...meterFindings(site),
  ...contactFindings(site),
  ...reserveFindings(site),
];

function accessFindings({ sources }: SiteFile): Finding[] {
  return ACCESS_PROBLEMS.ercot(sources.ercot).map(({ path, message, expected, isWarning }) =>
    (isWarning === true ? warning : finding)(["sources", "ercot", ...path], message, expected),
  );
}

/** A fact without a feed of record, one with two, and what the sources have against their settings. */
function feedFindings(file: SiteFile): Finding[] {
  const { settlementPoint, settlementPointType, gridSource } = file.site;
  const site = { settlementPoint, settlementPointType, gridSource, staleness: file.policy.staleness };
  const listed = file.feeds.map((feed, index) => ({ feed, index, source: feedSource(feed) }));
  const sameJob = (one: FeedSource, other: FeedSource): boolean => one.gives === other.gives && one.role === other.role;
  return [
    ...listed.flatMap(({ index, source, feed }) => {
      const isBySource = isKnownBySource(source.gives);
      const idOf = (one: (typeof listed)[number]): string => one.source.identity({ ...one.feed, ...site });
      const first = listed.find(
        (other) =>
          sameJob(other.source, source) && (!isBySource || idOf(other) === source.identity({ ...feed, ...site })),
      );
      return first === undefined || first.index === index
        ? []
        : [
            finding(
              ["feeds", index, "use"],
              `is ${feed.use}, and feeds[${first.index}] gives the same already: ${first.source.title}`,
              isBySource ? "one of them, or a second route with a name and an address of its own" : "one of them",
            ),
          ];
    }),
    ...FEED_SOURCES.flatMap((source: FeedSource) =>
      source.isOptional ||
      source.notRead?.(site) !== undefined ||
      listed.some((one) => sameJob(one.source, source)) ||
      isToBeMade(source.gives, file)
        ? []
        : [finding(["feeds"], `none of them gives: ${source.title}`, `an entry such as ${flowText(source.usual)}`)],
    ),
    ...listed.flatMap(({ index, feed, source }) =>
      (source.problems?.(feed, site) ?? []).map((problem) =>
        finding(
          problem.in === "feed" ? ["feeds", index, ...problem.path] : problem.path,
          problem.message,
          problem.expected,
        ),
      ),
    ),
  ];
}

const FORMS = {
  profile: "the profile's name as the firmware lists it, such as 490MHz",
  watts: "watts that the firmware takes",
  percent: "a percentage that the firmware takes",
};

/** Set-points that a driver cannot give to a machine, and a firmware of another name than the driver's. */
function driverFindings({ cohorts }: SiteFile): Finding[] {
  return cohorts.flatMap(({ firmware, modes, driver: { use }, driver: settings }, index) => {
    const driver = driverKind(settings).create();
    const setpoints = modes.flatMap((mode, position): Finding[] => {
      const [key] = position === 0 ? [] : setpointKeys(mode);
      const setpoint = modeSetpoint(mode);
      if (key === undefined || setpoint.kind === "off") return [];
      const path = ["cohorts", index, "modes", position, key];
      const { takes } = driver.capabilities;
      if (!takes.includes(setpoint.kind)) {
        const message = `is ${setpointText(setpoint)}, a set-point that driver ${use} cannot take`;
        return [finding(path, message, `one of ${takes.join(", ")}`)];
      }
      const problem = driver.setpointProblem(setpoint);
      return problem === undefined
        ? []
        : [finding(path, `is "${mode[key]}", which driver ${use} cannot send: ${problem}`, FORMS[key])];
    });
    if (firmware.toLowerCase().startsWith(use)) return setpoints;
    const message = `is "${firmware}", and the machines are commanded by driver ${use}`;
    return [warning(["cohorts", index, "firmware"], message, `${use}, or the driver of that firmware`), ...setpoints];
  });
}

/** Machines at one address: who commands them would be a matter of luck. */
function machineFindings({ cohorts }: SiteFile): Finding[] {
  // too many to be written out are a finding of their own
  if (hostCount(cohorts.flatMap(({ machines }) => machines.hosts)) > HOSTS_MAX) return [];
  const owners = new Map<string, string>();
  return cohorts.flatMap(({ cohortId, driver, machines }, index) =>
    machines.hosts.flatMap((range, position): Finding[] => {
      // a range that cannot be read is a finding of its own
      if (Number.isNaN(hostCount([range]))) return [];
      const addresses = expandHosts([range]).map((host) => `${host}:${driverKind(driver).port(driver)}`);
      const taken = addresses.find((address) => owners.has(address));
      if (taken !== undefined)
        return [
          finding(
            ["cohorts", index, "machines", "hosts", position],
            `"${range}" overlaps: ${taken} already belongs to cohort "${owners.get(taken)}"`,
            "each machine in one cohort",
          ),
        ];
      for (const address of addresses) owners.set(address, cohortId);
      return [];
    }),
  );
}

/** Two meters that are read at one address. */
function meterFindings({ meters: { site, feeders } }: SiteFile): Finding[] {
  const all = [
    { ...site, path: ["meters", "site", "meter"] },
    ...feeders.map((feeder, index) => ({ ...feeder, path: ["meters", "feeders", index, "meter"] })),
  ].map(({ meter, path }) => ({ at: meterKind(meter).address(meter), path }));
  return all
    .filter(({ at }, index) => all.findIndex((other) => other.at === at) !== index)
    .map(({ at, path }) => finding(path, `meter at "${at}" appears twice`, "each once"));
}

/** Two stop inputs that are read at one address: which of them stops what would be a riddle at three in the morning. */
function contactFindings({ stopInputs = [] }: SiteFile): Finding[] {
  const at = stopInputs.map(({ contact }) => stopInputKind(contact).address(contact));
  return at.flatMap((one, index) =>
    at.indexOf(one) === index
      ? []
      : [finding(["stopInputs", index, "contact"], `contact at "${one}" appears twice`, "each once")],
  );
}

/** Settings as an entry of a list is written in a site's file. */
function flowText(settings: object): string {
  const quoted = (value: unknown): string =>
    typeof value === "string" && /^\d/.test(value) ? `"${value}"` : `${value}`;
  return `{ ${Object.entries(settings)
    .map(([key, value]) => `${key}: ${quoted(value)}`)
    .join(", ")} }`;
}

/** Kinds of awards that are of another service, or of none; reserve without a feed of what it clears at. */
function reserveFindings({ reserve, feeds }: SiteFile): Finding[] {
  if (reserve === undefined) return [];
  const priced = FEED_SOURCES.filter((source: FeedSource) => source.gives === scedMcpc.kind);
  const isPriced = feeds.some((feed) => priced.some(({ use }) => use === feed.use));
  const unpriced = warning(
    ["reserve"],
    "is sold, and no feed says what capacity clears at: nothing is ever bought back",
    `one of ${priced.map(({ use }) => use).join(", ")} among the feeds`,
  );
  const ofTypes = reserve.resources.flatMap(({ products }, index) =>
    products.flatMap(({ product, asTypes }, position) =>
      asTypes.flatMap((asType, place) => {
        const known = awardProduct(asType);
        if (known === product) return [];
        const path = ["reserve", "resources", index, "products", position, "asTypes", place];
        const of = known === undefined ? "a kind of no service known here" : `a kind of ${known}`;
        return [finding(path, `is "${asType}", ${of}`, `a kind of ${product}, as EWS awards name it`)];
      }),
    ),
  );
  return [...(isPriced ? [] : [unpriced]), ...ofTypes];
}
