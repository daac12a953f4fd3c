import type { Instant } from "../../domain/units/instant.ts";
import { type Fetched, get, type GetOptions } from "./http.ts";

/** What one moment's answers may weigh that are kept for whoever asks at that moment too. */
const KEPT_BYTES_MAX = 64 * 1024 * 1024;

/** An answer, and the market time at which it was asked for. */
export interface FetchedAt extends Fetched {
  readonly at: Instant;
}

interface Asked {
  readonly at: Instant;
  readonly answer: Promise<FetchedAt>;
  readonly takers: WeakSet<object>;
  /** Undefined while it is under way. */
  bytes?: number;
}

const asked = new Map<string, Asked>();

/**
 * One GET for all feeds of this process that ask for an address at the same market time, or while it is under way: the
 * feeds of one report at several settlement points ask ERCOT once. Who asks again is answered anew, at whatever
 * time, and so is who asks later than an answer that has come. The answer's `at` is the market time of the request
 * itself. `taker` stands for the feed.
 * @throws as `get` does, to all who wait for it; a failure is not kept.
 */
export function getTogether(
  url: string,
  at: Instant,
  taker: object,
  options: Omit<GetOptions, "at">,
): Promise<FetchedAt> {
  const key = `${options.contact ?? ""} ${url}`;
  const known = asked.get(key);
  if (known !== undefined && (known.at === at || known.bytes === undefined) && !known.takers.has(taker)) {
    known.takers.add(taker);
    return known.answer;
  }
  for (const [other, one] of asked) if (one.at !== at && one.bytes !== undefined) asked.delete(other);
  const answer = get(url, { ...options, at }).then((fetched) => ({ ...fetched, at }));
  const own: Asked = { at, answer, takers: new WeakSet([taker]) };
  asked.set(key, own);
  answer.then(
    ({ bytes }) => {
      own.bytes = bytes.byteLength;
      const kept = [...asked.values()].flatMap((one) => one.bytes ?? []).reduce((sum, one) => sum + one, 0);
      if (kept > KEPT_BYTES_MAX) forget(key, own);
    },
    () => forget(key, own),
  );
  return answer;
}

function forget(key: string, own: Asked): void {
  if (asked.get(key) === own) asked.delete(key);
}
