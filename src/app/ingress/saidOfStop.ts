import { createHash } from "node:crypto";
import { startAgainBody, stopBody } from "../../contract/stops.ts";
import { STOP_KINDS, type StopInput } from "../../domain/inputs/safetyStops.ts";
import { refusedWord } from "../../domain/inputs/wordVerdict.ts";
import { cleanText } from "../../domain/units/foreignText.ts";
import type { Said } from "../../ports/instructionLedger.ts";
import { type Body, textOf } from "./saidOfBody.ts";
import { jsonOf, shaped } from "./saidOfJson.ts";

/** What a site takes as a reason. */
const REASON_CHARACTERS_MAX = 200;

/**
 * What a body of `POST /v1/stop` or `/v1/start-again` says in the name of an issuer; a refusal that says where it is
 * wrong. A stop's reason is cut where it is too long, and said to be missing where it is: no text keeps a stop waiting.
 */
export function saidOfStop({ content, contentType }: Body, kind: StopInput["kind"], sent: Sent): Said {
  const text = textOf(content);
  if (typeof text !== "string") return text;
  if (!contentType.startsWith("application/json"))
    return refusedWord("malformed", "", "it is no JSON", "a JSON body as docs/instructions.md shows it");
  const json = jsonOf(text);
  if ("code" in json) return json;
  const body = kind === STOP_KINDS.stop ? shaped(json.value, stopBody) : shaped(json.value, startAgainBody);
  if ("code" in body) return body;
  const { site: siteId, cohort, reason = "" } = body;
  const said = cleanText(reason, REASON_CHARACTERS_MAX).trim();
  return {
    kind: "safetyStop",
    word: {
      kind,
      requestId: `${kind}/door/${sent.issuer}/${digestOf(sent)}`,
      siteId,
      ...(cohort === undefined ? {} : { cohortId: cohort }),
      reason: said === "" ? `${sent.issuer} gave no reason` : said,
    },
  };
}

/** Whose message it is, and its mark. */
interface Sent {
  readonly issuer: string;
  readonly nonce: string;
}

function digestOf({ issuer, nonce }: Sent): string {
  return createHash("sha256")
    .update(JSON.stringify([issuer, nonce]))
    .digest("hex")
    .slice(0, 24);
}
