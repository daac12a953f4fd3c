/** What is being asked for when a fault is chosen. */
export interface ErcotRequest {
  /** `list`, `download`, or the route of a page. */
  readonly route: string;
  readonly reportTypeId?: number;
  readonly docId?: string;
  /** Market milliseconds. */
  readonly nowMs: number;
}

/** A misbehavior of the other side, seen in the field or documented. */
export type ErcotFault =
  /** The bot wall's page, status 200. */
  | { readonly kind: "html" }
  | { readonly kind: "redirect" }
  | { readonly kind: "status"; readonly status: number; readonly retryAfterSeconds?: number }
  /** No answer until the client gives up. */
  | { readonly kind: "hang" }
  /** Half of a page, and then nothing more on an open connection. */
  | { readonly kind: "half" }
  | { readonly kind: "truncated-zip" }
  | { readonly kind: "damaged-zip" }
  | { readonly kind: "renamed-column"; readonly from: string; readonly to: string }
  | { readonly kind: "added-column"; readonly name: string; readonly value: string }
  | { readonly kind: "empty-list" }
  /** One more entry in the list, with this text as its PublishDate and no stamp in its name. */
  | { readonly kind: "odd-entry"; readonly publishDate: string }
  /** A dashboard that is written again and again with what it said at a moment: only `lastUpdated` moves. */
  | { readonly kind: "standing"; readonly sinceMs: number }
  /** The newest CSV document alone, as an object instead of an array. */
  | { readonly kind: "single-document" };

/** A table with a fault that touches its columns, else as it was. */
export function faultyTable(
  table: { readonly header: readonly string[]; readonly rows: () => readonly (readonly string[])[] },
  fault: ErcotFault | undefined,
): { readonly header: readonly string[]; readonly rows: () => readonly (readonly string[])[] } {
  if (fault?.kind === "renamed-column")
    return { ...table, header: table.header.map((name) => (name === fault.from ? fault.to : name)) };
  if (fault?.kind === "added-column")
    return { header: [fault.name, ...table.header], rows: () => table.rows().map((cells) => [fault.value, ...cells]) };
  return table;
}

/** Zip bytes cut short or with one byte of the content turned, else as they were. */
export function faultyZip(zip: Uint8Array, fault: ErcotFault | undefined): Uint8Array {
  if (fault?.kind === "truncated-zip") return zip.slice(0, Math.floor(zip.length * 0.6));
  if (fault?.kind !== "damaged-zip") return zip;
  const damaged = zip.slice();
  const middle = Math.floor(zip.length / 2);
  damaged[middle] = (damaged[middle] as number) ^ 0xff;
  return damaged;
}
