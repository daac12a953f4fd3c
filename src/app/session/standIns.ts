import type { DeployedFeed } from "../worker/registries.ts";
import type { WorldAddresses } from "./world.ts";

/** Stand-ins by the party of a feed, the first part of its `use`: what its settings become in a simulated world. */
const STAND_INS: Readonly<
  Record<string, (addresses: Pick<WorldAddresses, "ercotUrl" | "bitcoin">) => Partial<DeployedFeed> | undefined>
> = {
  // Without the account of the Public API: a late list would send a replay to the real one.
  ercot: ({ ercotUrl }) => ({ baseUrl: ercotUrl, api: undefined }),
  bitcoin: ({ bitcoin }) => bitcoin && { baseUrl: bitcoin.url, auth: { cookieFile: bitcoin.cookieFile } },
  exchange: ({ bitcoin }) => bitcoin && { baseUrl: bitcoin.url },
};

/** Whether a feed is read of the simulated Bitcoin network or one of its exchanges. */
export function asksBitcoin(feed: DeployedFeed): boolean {
  return "baseUrl" in feed && ["bitcoin", "exchange"].includes(partyOf(feed));
}

/**
 * The feed as it is read in a simulated world: of its own party's stand-in, what no other is asked for included. One
 * that asks nobody stays. @throws Error for a party that nobody stands in for
 */
export function fromStandIn(feed: DeployedFeed, addresses: WorldAddresses): DeployedFeed {
  if (!("baseUrl" in feed)) return feed;
  const own = STAND_INS[partyOf(feed)]?.(addresses);
  if (own === undefined) throw new Error(`No simulator was started for the feed ${feed.use}.`);
  const settings = Object.fromEntries(Object.entries(own).filter(([key]) => key in feed));
  return { ...feed, ...settings } as DeployedFeed;
}

function partyOf({ use }: DeployedFeed): string {
  return use.slice(0, use.indexOf("/"));
}
