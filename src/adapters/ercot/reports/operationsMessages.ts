import { z } from "zod";
import { GRID_NOTICES } from "../../../domain/inputs/noticesKnown.ts";
import type { GridNoticesObservation, MessageForPerson } from "../../../domain/inputs/gridNotices.ts";
import type { OperationsMessageObservation } from "../../../domain/inputs/operationsMessage.ts";
import { noticesInForce, type OperationsMessage } from "../../../domain/market/noticesInForce.ts";
import { saidByPage } from "../../../domain/market/saidByPage.ts";
import { cleanText } from "../../../domain/units/foreignText.ts";
import type { FeedSource } from "../../../ports/feedSource.ts";
import type { RawDocument, Report } from "../../../ports/marketFeed.ts";
import type { RequestBudget } from "../../../ports/requestBudget.ts";
import type { ErcotAccess } from "../access.ts";
import { operationsMessages as messagesOf } from "../operationsPage.ts";
import { OPERATIONS_MESSAGES_SOURCE, operationsPageFeed } from "../operationsPageFeed.ts";
import { everySoOften, regularSettings } from "./polls.ts";

const SUMMARY_CHARS = 300;
/** A page that could not be read for so long is silent, market seconds. */
const SILENT_SECONDS = 900;

/**
 * Messages of a stored operations page, and what they say together: the notices in force. Pure.
 * @throws PortDataError for a page without messages
 */
export function parseOperationsPage(
  document: RawDocument,
  contentHash: string,
  report?: Report,
): (OperationsMessageObservation | GridNoticesObservation)[] {
  const { source, documentId, fetchedAt, bytes } = document;
  const head = { source, documentId, contentHash, fetchedAt, quality: "PUBLISHED" } as const;
  const messages = messagesOf(bytes, `${source} document ${documentId}`, fetchedAt, report);
  const { inForce, forPerson } = noticesInForce(messages);
  const newestAt = messages.map(({ postedAt }) => postedAt).reduce((a, b) => (a > b ? a : b));
  return [
    ...messages.map((message) => ({ ...head, kind: "operations-message" as const, ...message })),
    {
      ...head,
      kind: GRID_NOTICES,
      inForce,
      forPerson: forPerson.map(messageForPerson),
      observedAt: saidByPage(newestAt, fetchedAt),
    },
  ];
}

function messageForPerson({ key, postedAt, type, summary }: OperationsMessage): MessageForPerson {
  return { key, postedAt, type, summary: cleanText(summary, SUMMARY_CHARS) };
}

const fragment = z
  .strictObject({ use: z.literal("ercot/operations-messages"), ...regularSettings })
  .meta({ description: "Notices, Watches and EEA declarations, page of operations messages (HTML)" });
type Settings = z.infer<typeof fragment>;

/** ERCOT's operations messages: what they declare corroborates one poll of the grid condition, and keeps its level. */
export const operationsMessages = {
  fragment,
  use: "ercot/operations-messages",
  title: "Operations messages: notices, Watches and EEA declarations, beside the grid condition",
  source: OPERATIONS_MESSAGES_SOURCE,
  gives: GRID_NOTICES,
  alsoGives: ["operations-message"],
  role: "record",
  isOptional: true,
  usual: { use: "ercot/operations-messages", pollEverySeconds: 60, pollOffsetSeconds: 50 },
  identity: () => GRID_NOTICES,
  open: ({ baseUrl, contact, timeoutMs, ...settings }, budget?: RequestBudget) => {
    const { nextAt } = everySoOften(settings);
    return operationsPageFeed({
      baseUrl,
      contact,
      timeoutMs,
      feedId: GRID_NOTICES,
      nextPollAt: (at) => nextAt(at, { newestAboutAt: undefined, found: false }),
      budget,
      parse: parseOperationsPage,
    });
  },
  read: (document, contentHash, _point, report?: Report) => parseOperationsPage(document, contentHash, report),
  silentAfterSeconds: () => SILENT_SECONDS,
  notRead: ({ gridSource }) =>
    gridSource === "feed" ? undefined : `operations messages are not read: site.gridSource is ${gridSource}`,
  describe: ({ use, baseUrl }) => `${use} ${baseUrl}`,
} as const satisfies FeedSource<Settings, ErcotAccess & { readonly timeoutMs?: number }> & {
  readonly fragment: typeof fragment;
};
