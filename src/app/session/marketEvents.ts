import { fileURLToPath } from "node:url";
import { dayAheadMcpc } from "../../domain/inputs/dayAheadMcpc.ts";
import { dayAheadPrice } from "../../domain/inputs/dayAheadPrice.ts";
import { scedMcpc } from "../../domain/inputs/scedMcpc.ts";
import { settlementMcpc } from "../../domain/inputs/settlementMcpc.ts";
import type { OperatingDay } from "../../domain/market/model.ts";
import type { FeedSource } from "../../ports/feedSource.ts";
import type { MarketFilePaths } from "../../simulators/ercot/marketFiles.ts";
import { CommandError, ExitCode } from "../commandError.ts";
import type { Deployment } from "../worker/deployment.ts";
import { planHashOf } from "../worker/loadDeployment.ts";
import { factSources } from "../worker/feeds.ts";
import { type DeployedFeed, FEED_SOURCES, feedSource } from "../worker/registries.ts";

/** An emergency or a storm of the past, of which prices are published and little else. */
export interface MarketEvent {
  readonly name: string;
  readonly title: string;
  /** Operating days, the one that is replayed unless another is asked for first. */
  readonly days: readonly [OperatingDay, ...OperatingDay[]];
}

/** Those that can be replayed, oldest first; when which grid level was declared stands in `config/events`. */
export const MARKET_EVENTS: readonly MarketEvent[] = [
  {
    name: "uri",
    title: "Winter Storm Uri: EEA 3, prices at the cap for days",
    days: ["2021-02-15", "2021-02-14", "2021-02-16", "2021-02-17", "2021-02-18", "2021-02-19"],
  },
  { name: "elliott", title: "Winter Storm Elliott: high prices, no emergency", days: ["2022-12-23", "2022-12-24"] },
  {
    name: "2023-09-06",
    title: "EEA 2 at once on low frequency, for 72 minutes",
    days: ["2023-09-06"],
  },
  {
    name: "fern",
    title: "Winter Storm Fern, after RTC+B: dear days, no emergency",
    days: ["2026-01-26", "2026-01-25", "2026-01-27", "2026-01-28"],
  },
];

/** The site that lives through them. */
export const EVENT_SITE = fileURLToPath(new URL("../../../config/events/site.yaml", import.meta.url));

/** The event of that name, on one of its days. @throws CommandError naming those there are */
export function marketEvent(name: string, day?: string): { readonly event: MarketEvent; readonly day: OperatingDay } {
  const event = MARKET_EVENTS.find((one) => one.name === name);
  if (event === undefined)
    throw new CommandError(
      ExitCode.unusable,
      `No event is called "${name}"; there are: ${MARKET_EVENTS.map((one) => one.name).join(", ")}.`,
    );
  const [first] = event.days;
  if (day !== undefined && !event.days.includes(day))
    throw new CommandError(
      ExitCode.unusable,
      `${day} is no day of ${name}; it has ${event.days.toSorted().join(", ")}.`,
    );
  return { event, day: day ?? first };
}

/** The site with its derived SCED runs made of that file of settlement prices. */
export function atSettlementPrices(deployment: Deployment, sppPath: string): Deployment {
  const feeds = deployment.feeds.map((feed): DeployedFeed =>
    feed.use === "derived/sced-path" ? { ...feed, path: sppPath } : feed,
  );
  const plan = { ...deployment.plan, factSources: factSources(feeds, deployment.plan) };
  return { ...deployment, feeds, plan, planHash: planHashOf(plan) };
}

/** What each file brings. */
const GIVEN = {
  damPath: dayAheadPrice.kind,
  damMcpcPath: dayAheadMcpc.kind,
  scedMcpcPath: scedMcpc.kind,
  mcpcPath: settlementMcpc.kind,
} as const;

/** The site with a feed of what each file brings, read in its source's usual way, where it has none of its own. */
export function withFeedsOf(deployment: Deployment, files: MarketFilePaths): Deployment {
  const { settlementPoint, settlementPointType } = deployment.plan;
  const access = deployment.feeds.find((feed) => feed.baseUrl !== undefined);
  const has = (kind: string): boolean => deployment.feeds.some((feed) => feedSource(feed).gives === kind);
  const kinds: string[] = Object.entries(GIVEN).flatMap(([file, kind]) =>
    files[file as keyof typeof GIVEN] === undefined || has(kind) ? [] : [kind],
  );
  const added = (FEED_SOURCES as readonly FeedSource[]).filter(
    ({ gives, role }) => role === "record" && kinds.includes(gives),
  );
  const feeds = [
    ...deployment.feeds,
    ...added.map(
      ({ usual }) => ({ ...usual, baseUrl: access?.baseUrl, settlementPoint, settlementPointType }) as DeployedFeed,
    ),
  ];
  const plan = { ...deployment.plan, factSources: factSources(feeds, deployment.plan) };
  return { ...deployment, feeds, plan, planHash: planHashOf(plan) };
}
