import { createHash } from "node:crypto";
import type { MarketObservation } from "../../domain/inputs/marketFacts.ts";
import { saidByPage } from "../../domain/market/saidByPage.ts";
import { type Instant, isInstant } from "../../domain/units/instant.ts";
import type { FeedPoll, MarketFeed, RawDocument, Report } from "../../ports/marketFeed.ts";
import type { ErcotAccess } from "./access.ts";
import { FeedTurns } from "./feedTurns.ts";
import { getTogether } from "./getTogether.ts";
import type { RequestBudget } from "../../ports/requestBudget.ts";
import { operationsMessages } from "./operationsPage.ts";

/** Where ERCOT shows its operations messages, about a month of them. */
const PATH = "/services/comm/mkt_notices/opsmessages";
const MESSAGES = "page/operations-messages";

interface OperationsPageOptions extends ErcotAccess {
  readonly feedId: string;
  /** Whole request, real milliseconds; 10,000. */
  readonly timeoutMs?: number;
  readonly nextPollAt: (at: Instant) => Instant;
  readonly budget?: RequestBudget;
  readonly parse: (document: RawDocument, contentHash: string, report?: Report) => readonly MarketObservation[];
}

/** Source of the documents that it keeps. */
export const OPERATIONS_MESSAGES_SOURCE = MESSAGES;

/**
 * Feed of ERCOT's page of operations messages, which expects HTML. A page without the table of messages, as a bot wall
 * shows, is no answer; the same page again says that its notices still stand.
 */
export function operationsPageFeed(options: OperationsPageOptions): MarketFeed {
  const { feedId, baseUrl, nextPollAt, parse, timeoutMs = 10_000, contact, budget } = options;
  const url = `${baseUrl.replace(/\/+$/, "")}${PATH}`;
  const taker = {};
  const turns = new FeedTurns(budget, "soon");
  return {
    feedId,
    parse,
    nextPollAt,
    turnAt: (at) => turns.turnAt(at),
    async poll(cursor, at): Promise<FeedPoll> {
      turns.begin(at);
      const asked = { timeoutMs, contact, budget, expects: "page" } as const;
      const { at: fetchedAt, bytes, contentType } = await getTogether(url, at, taker, asked);
      const sha = createHash("sha256").update(bytes).digest("hex");
      const [shaBefore, newestBefore] = cursor?.split(" ") ?? [];
      if (cursor !== undefined && sha === shaBefore && newestBefore !== undefined && isInstant(newestBefore))
        return { documents: [], cursor, saidAt: saidByPage(newestBefore, fetchedAt) };
      const messages = operationsMessages(bytes, url, fetchedAt);
      const newestAt = messages.map(({ postedAt }) => postedAt).reduce((a, b) => (a > b ? a : b));
      return {
        documents: [{ source: MESSAGES, documentId: sha, fetchedAt, contentType, bytes }],
        cursor: `${sha} ${newestAt}`,
        saidAt: saidByPage(newestAt, fetchedAt),
      };
    },
  };
}
