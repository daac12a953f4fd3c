import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { FEED_SOURCES } from "../../src/app/worker/registries.ts";
import type { MarketObservation } from "../../src/domain/inputs/marketFacts.ts";
import { intervalStart } from "../../src/domain/market/calendar.ts";
import type { FeedSource } from "../../src/ports/feedSource.ts";
import { startErcotSimulator } from "../../src/simulators/ercot/server.ts";
import { demoDay, HandClock } from "../simulators/ercot/market.ts";
import { pythonWith } from "../support/pythonPackage.ts";

/** The independent client, pinned: results are known for this version. */
const GRIDSTATUS = { name: "gridstatus", version: "0.37.0" };
const SCRIPT = fileURLToPath(new URL("./read_reports.py", import.meta.url));
const BUDGET_MS = 420_000;
const DAY = "2026-08-18";
const POINT = { settlementPoint: "LZ_WEST", settlementPointType: "LZ" };
/** Half an hour into the night after it: everything of the evening is published, also the correction. */
const NIGHT = "2026-08-19T00:30:00-05:00";

type Row = Readonly<Record<string, string | number | null>>;
type Entry = readonly [place: string, value: string | number | null | undefined];

/** What the client and the product's own reader each make of one report: a place, and the value there. */
interface Proof {
  readonly report: string;
  readonly use: string;
  /** Rows of the hour that the client must have. */
  readonly rows: number;
  readonly theirs: (row: Row) => Entry | undefined;
  readonly ours: (observation: MarketObservation) => Entry | readonly Entry[] | undefined;
}

const instant = (value: string | number | null | undefined): string => new Date(String(value)).toISOString();
const atPoint = (row: Row): boolean => row["Location"] === POINT.settlementPoint;

const PROOFS: readonly Proof[] = [
  {
    report: "sced-lmp",
    use: "ercot/np6-788",
    rows: 14,
    theirs: (row) => (atPoint(row) ? [instant(row["SCED Timestamp"]), row["LMP"]] : undefined),
    ours: (one) => (one.kind === "sced-lmp" ? [one.scedAt, Number(one.lmpUsdPerMwh)] : undefined),
  },
  {
    report: "settlement-price",
    use: "ercot/np6-905",
    rows: 4,
    theirs: (row) => (atPoint(row) ? [instant(row["Interval Start"]), row["SPP"]] : undefined),
    ours: (one) =>
      one.kind === "settlement-price" ? [intervalStart(one.interval), Number(one.priceUsdPerMwh)] : undefined,
  },
  {
    report: "corrections",
    use: "ercot/np4-197-m",
    rows: 1,
    theirs: (row) =>
      row["Location"] === POINT.settlementPoint && row["Location Type"] === "Load Zone"
        ? [instant(row["Interval Start"]), row["SPP Corrected"]]
        : undefined,
    ours: (one) =>
      one.kind === "settlement-price" ? [intervalStart(one.interval), Number(one.priceUsdPerMwh)] : undefined,
  },
  {
    report: "grid-condition",
    use: "ercot/daily-prc",
    rows: 1,
    theirs: (row) => [String(row["Status"]).toLowerCase(), row["Reserves"]],
    ours: (one) => (one.kind === "grid-condition" ? [one.level, one.prcMw] : undefined),
  },
  {
    report: "operations-messages",
    use: "ercot/operations-messages",
    rows: 90,
    theirs: (row) => [`${instant(row["Time"])} ${row["Type"]} ${row["Status"]}`, row["Notice"]],
    ours: (one) =>
      one.kind === "operations-message" ? [`${one.postedAt} ${one.type} ${one.status}`, one.summary] : undefined,
  },
  {
    report: "sced-adders",
    use: "ercot/np6-323",
    rows: 14,
    theirs: (row) => [instant(row["SCED Timestamp"]), [row["RTRDPA"], row["RTDNCLR"], row["RTDERS"]].join(" ")],
    ours: (one) =>
      one.kind === "sced-adders"
        ? [one.scedAt, [one.adderUsdPerMwh, one.loadResourcesMw, one.ersMw].map(Number).join(" ")]
        : undefined,
  },
  {
    report: "rtd-path",
    use: "ercot/np6-970",
    rows: 12,
    theirs: (row) =>
      atPoint(row) && row["Location Type"] === POINT.settlementPointType
        ? [`${instant(row["RTD Timestamp"])} ${instant(row["Interval End"])}`, row["LMP"]]
        : undefined,
    ours: (one) =>
      one.kind === "rtd-path"
        ? one.steps.map(({ endsAt, lmpUsdPerMwh }): Entry => [`${one.rtdAt} ${endsAt}`, Number(lmpUsdPerMwh)])
        : undefined,
  },
  {
    report: "day-ahead-price",
    use: "ercot/np4-190",
    rows: 24,
    theirs: (row) => (atPoint(row) ? [instant(row["Interval Start"]), row["SPP"]] : undefined),
    ours: (one) =>
      one.kind === "day-ahead-price" && one.hour.operatingDay === DAY
        ? [hourStart(one.hour), Number(one.priceUsdPerMwh)]
        : undefined,
  },
  {
    report: "as-capacity",
    use: "ercot/ancillary-service-capacity-monitor",
    rows: 1,
    theirs: (row) => [
      instant(row["Time"]),
      [
        row["RRS Capability Load Ex Controllable Load"],
        row["ECRS Capability Load Ex Controllable Load"],
        row["ECRS Capability Manually Deployed ONSC Status"],
      ].join(" "),
    ],
    ours: (one) =>
      one.kind === "as-capacity"
        ? [
            one.observedAt,
            [one.capacityMw.rrcCapLrWoClr, one.capacityMw.ecrsCapNclr, one.capacityMw.ecrsCapDeployedGenLr].join(" "),
          ]
        : undefined,
  },
  {
    report: "day-ahead-mcpc",
    use: "ercot/np4-188",
    rows: 120,
    theirs: (row) => [`${instant(row["Interval Start"])} ${row["AS Type"]}`, row["MCPC"]],
    ours: (one) =>
      one.kind === "day-ahead-mcpc"
        ? [`${hourStart(one.hour)} ${one.product}`, Number(one.priceUsdPerMwHour)]
        : undefined,
  },
  {
    report: "sced-mcpc",
    use: "ercot/np6-332",
    rows: 70,
    theirs: (row) => [`${instant(row["SCED Timestamp"])} ${row["AS Type"]}`, row["MCPC"]],
    ours: (one) =>
      one.kind === "sced-mcpc" && one.isUncapped !== true
        ? [`${one.scedAt} ${one.product}`, Number(one.priceUsdPerMwHour)]
        : undefined,
  },
  {
    report: "settlement-mcpc",
    use: "ercot/np6-331",
    rows: 20,
    theirs: (row) => [`${instant(row["Interval Start"])} ${row["AS Type"]}`, row["MCPC"]],
    ours: (one) =>
      one.kind === "settlement-mcpc"
        ? [`${intervalStart(one.interval)} ${one.product}`, Number(one.priceUsdPerMwHour)]
        : undefined,
  },
];

/** Start of an hour ending of the day, by hand: central daylight time is five hours behind. */
function hourStart({
  operatingDay,
  hourEnding,
}: {
  readonly operatingDay: string;
  readonly hourEnding: number;
}): string {
  return new Date(Date.parse(`${operatingDay}T05:00:00Z`) + (hourEnding - 1) * 3_600_000).toISOString();
}

interface Answer {
  readonly report: string;
  readonly problem?: string;
  readonly rows?: readonly Row[];
}

const clock = new HandClock(NIGHT);
let found: Awaited<ReturnType<typeof pythonWith>>;
let answers: ReadonlyMap<string, Answer>;
let ercot: Awaited<ReturnType<typeof startErcotSimulator>>;

beforeAll(async () => {
  found = await pythonWith(GRIDSTATUS);
  if ("reason" in found) return console.warn(`gridstatus proof skipped: ${found.reason}`);
  ercot = await startErcotSimulator({ clock, day: demoDay() });
  const asked = PROOFS.map(({ report }) => report);
  const { stdout } = await promisify(execFile)(found.python, [SCRIPT, ercot.url, DAY, ...asked], {
    timeout: 120_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
  answers = new Map(lines.map((line) => JSON.parse(line) as Answer).map((one) => [one.report, one]));
}, BUDGET_MS);
afterAll(() => ercot?.close());

it.for(PROOFS.map((proof) => [proof.report, proof] as const))(
  `stock gridstatus ${GRIDSTATUS.version} reads the simulated %s, and reads it as the product does`,
  { timeout: 60_000 },
  async ([report, { use, rows, theirs, ours }], { skip }) => {
    if ("reason" in found) return skip(`gridstatus proof skipped: ${found.reason}`);
    const answer = answers.get(report);
    expect(answer?.problem).toBeUndefined();

    const said = new Map(answer?.rows?.flatMap((row) => (theirs(row) === undefined ? [] : [theirs(row) as Entry])));

    expect(said.size).toBeGreaterThanOrEqual(rows);
    const own = new Map((await readByUs(use)).flatMap((one) => entries(ours(one))));
    expect([...said].map(([place]) => [place, own.get(place)])).toEqual([...said]);
  },
);

/** Every value that the product's feed reads in one poll, with the whole evening to catch up. */
async function readByUs(use: string): Promise<MarketObservation[]> {
  const source = (FEED_SOURCES as readonly FeedSource[]).find((one) => one.use === use);
  if (source === undefined) throw new Error(`no feed ${use}`);
  const parameters = {
    ...source.usual,
    ...POINT,
    baseUrl: ercot.url,
    timeoutMs: 10_000,
    backfillMinutes: 2_880,
    documentsPerPollMax: 500,
  };
  const feed = source.open(parameters);
  const { documents } = await feed.poll(undefined, clock.at);
  return documents.flatMap((document) => [...feed.parse(document, "hash")]);
}

function entries(said: Entry | readonly Entry[] | undefined): readonly Entry[] {
  if (said === undefined) return [];
  return isEntry(said) ? [said] : said;
}

function isEntry(said: Entry | readonly Entry[]): said is Entry {
  return typeof said[0] === "string";
}
