import type { RawDocument } from "../../../ports/marketFeed.ts";

/** JSON of a document of Ballast's own format; undefined for what is none. */
export function jsonOf({ bytes }: Pick<RawDocument, "bytes">): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return undefined;
  }
}
