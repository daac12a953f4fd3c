import { memberAt, textAt } from "../domain/evidence/historyEvent.ts";

/** A payload that cannot be read as JSON: the encoding is another one, or the bytes are no JSON. */
export class PayloadError extends Error {
  override name = "PayloadError";
}

/**
 * The value in a payload of proto JSON (`{metadata: {encoding}, data}`, both base64); undefined for `binary/null`.
 * @throws PayloadError for another encoding than `json/plain` and `binary/null`
 */
export function payloadValue(payload: unknown): unknown {
  const encoding = Buffer.from(textAt(payload, "metadata", "encoding") ?? "", "base64").toString("utf8");
  if (encoding === "binary/null") return undefined;
  if (encoding !== "json/plain")
    throw new PayloadError(
      `payload: expected encoding json/plain, got "${encoding}" (an encrypted history must be decrypted before it ` +
        `is audited)`,
    );
  const text = Buffer.from(textAt(payload, "data") ?? "", "base64").toString("utf8");
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new PayloadError(`payload: expected JSON, got "${text.slice(0, 60)}"`, { cause });
  }
}

/** The values of a list of payloads, as an argument list. @throws PayloadError as above. */
export function payloadValues(payloads: readonly unknown[]): unknown[] {
  return payloads.map(payloadValue);
}

/** Payload of a command (bytes) in the proto-JSON form that histories use. */
export function payloadOfCommand(payload: unknown): unknown {
  const metadata = memberAt(payload, "metadata");
  const entries = typeof metadata === "object" && metadata !== null ? Object.entries(metadata) : [];
  return {
    metadata: Object.fromEntries(entries.map(([key, value]) => [key, base64(value)])),
    data: base64(memberAt(payload, "data")),
  };
}

function base64(bytes: unknown): string {
  // bytes made inside the workflow's own realm are no instance of our Uint8Array
  return ArrayBuffer.isView(bytes)
    ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64")
    : "";
}
