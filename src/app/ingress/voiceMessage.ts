import { createHash, randomBytes } from "node:crypto";
import { canonicalJson } from "../../domain/evidence/canonicalJson.ts";
import { refusedWord } from "../../domain/inputs/wordVerdict.ts";
import { foreignValueText, isCleanText } from "../../domain/units/foreignText.ts";
import { type Instant, parseInstant } from "../../domain/units/instant.ts";
import type { HandedIn } from "../../ports/instructionDesk.ts";
import type { Said } from "../../ports/instructionLedger.ts";
import { signText } from "../../replay/signature.ts";
import { saidOfInstruction } from "./saidOfJson.ts";

/** Of an issuer or a caller, as of every id: a site takes no longer name. */
const NAME_CHARACTERS_MAX = 100;

/** What was said on the telephone, or that something was seen: a body of the contract, and who called. */
export type VoiceBody =
  | {
      readonly type: "acknowledge";
      readonly id: string;
      readonly site: string;
      readonly issued: string;
      readonly issuer?: string;
    }
  | {
      readonly type: "instruction" | "recall";
      readonly id: string;
      readonly site: string;
      readonly issued: string;
      readonly issuer: string;
      readonly caller: string;
    };

/** Who took the call: an operator with a key (Ed25519, PEM). */
interface TookCall {
  readonly operator: { readonly actor: string; readonly privateKeyPem: string; readonly sites?: readonly string[] };
  /** Market time. */
  readonly now: Instant;
}

/** A telephone call as a desk takes it: what was said and who said it, signed by who took it. @throws KeyError */
export function voiceMessage(body: VoiceBody, { operator, now }: TookCall): HandedIn {
  const { actor, privateKeyPem, sites } = operator;
  const nonce = randomBytes(18).toString("base64url");
  const text = canonicalJson({ schema: "ballast.voice/1", ...body, takenBy: actor, takenAt: now, nonce });
  const content = Buffer.from(text, "utf8");
  const { keyId, valueBase64: signature } = signText(text, privateKeyPem);
  return {
    message: {
      door: "voice",
      nonce,
      contentType: "application/json",
      content,
      contentHash: createHash("sha256").update(content).digest("hex"),
      proof: { by: "operator", actor, keyId, signature },
    },
    sender: { name: actor, ...(sites === undefined ? {} : { sites }) },
    said: saidOf(body),
  };
}

function saidOf(body: VoiceBody): Said {
  const { id: instructionId, site: siteId, issued } = body;
  if (body.type === "acknowledge") {
    const whose = body.issuer === undefined ? {} : { issuer: body.issuer };
    const issuedAt = parseInstant(issued);
    return { kind: "word", word: { kind: "acknowledge", siteId, instructionId, ...whose, issuedAt } };
  }
  const { issuer, caller, ...said } = body;
  for (const [where, who] of Object.entries({ issuer, caller })) {
    if (who.trim() !== "" && isCleanText(who, NAME_CHARACTERS_MAX)) continue;
    const expected = `a name of 1 to ${NAME_CHARACTERS_MAX} printable characters`;
    return refusedWord("malformed", where, `it does not say who: ${foreignValueText(who)}`, expected);
  }
  return saidOfInstruction(said, issuer);
}
