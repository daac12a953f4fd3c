import { strToU8, zipSync } from "fflate";
import type { Instant } from "../../../src/domain/units/instant.ts";
import type { RawDocument } from "../../../src/ports/marketFeed.ts";

export const FETCHED_AT = "2026-08-18T22:01:20.000Z" as Instant;

/** A stored document with the given bytes. */
export function document(source: string, bytes: Uint8Array, documentId = "1001"): RawDocument {
  return { source, documentId, fetchedAt: FETCHED_AT, contentType: "application/octet-stream", bytes };
}

/** A zip with one file. */
export function zipped(
  text: string,
  name = "cdr.00012300.0000000000000000.20260818.170112.LMPSROSNODENP6788_20260818_170012.csv",
): Uint8Array {
  return zipSync({ [name]: strToU8(text) });
}

/** A JSON document. */
export function jsonDocument(source: string, body: unknown): RawDocument {
  return document(source, Buffer.from(JSON.stringify(body)));
}
