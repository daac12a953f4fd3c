import { sha256Hex } from "../../src/replay/hash.ts";
import type { ReplayedRun, Replayer } from "../../src/replay/replayer.ts";
import type { Parsers } from "../../src/replay/sourceBook.ts";

/**
 * Shows each history to the code once: of the same bytes of the same workflow the same code makes the same, whatever
 * stands beside them in the bundle. What a test asks of one replay after another is for the replayer itself.
 */
export function remembering(replayer: Replayer): Replayer {
  const shown = new Map<string, Promise<ReplayedRun>>();
  return {
    show: (history) => replayer.show(history),
    replay: async (run) => {
      const key = `${run.run.workflowId} ${sha256Hex(run.bytes)}`;
      const first = shown.get(key) ?? replayer.replay(run);
      shown.set(key, first);
      return { ...(await first), ...run };
    },
    close: () => replayer.close(),
  };
}

/**
 * Reads each document once: of the same bytes, which the audit has hashed, under the same entry of the index a parser
 * makes the same rows.
 */
export function readingOnce(parsers: Parsers): Parsers {
  const rows = new Map<string, ReturnType<Parsers[string]>>();
  const once =
    (parse: Parsers[string]): Parsers[string] =>
    (document, contentHash) => {
      const { bytes: _bytes, ...entry } = document;
      const key = `${contentHash} ${JSON.stringify(entry)}`;
      const known = rows.get(key) ?? parse(document, contentHash);
      rows.set(key, known);
      return known;
    };
  return Object.fromEntries(Object.entries(parsers).map(([source, parse]) => [source, once(parse)]));
}
