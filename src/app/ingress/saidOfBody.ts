import { refusedWord } from "../../domain/inputs/wordVerdict.ts";
import type { Said } from "../../ports/instructionLedger.ts";
import type { Issuer } from "./issuers.ts";
import { saidOfAwardsJson, saidOfInstructionJson } from "./saidOfJson.ts";

/** What the bytes of a message say, by their type, in the name of an issuer. */
export function saidOfBody(
  subject: "instructions" | "awards",
  { content, contentType }: { readonly content: Uint8Array; readonly contentType: string },
  { sender, resources }: Pick<Issuer, "sender" | "resources">,
): Said {
  const text = utf8(content);
  if (text === undefined) return refusedWord("malformed", "", "the body is not UTF-8", "text in UTF-8");
  if (!contentType.startsWith("application/json"))
    return refusedWord("malformed", "content-type", "XML is not read", "application/json");
  return subject === "awards" ? saidOfAwardsJson(text, resources) : saidOfInstructionJson(text, sender.issuer);
}

function utf8(content: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch {
    return undefined; // the caller says so
  }
}
