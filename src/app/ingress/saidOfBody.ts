import { ewsMessage, type EwsMessage } from "../../adapters/ews/ewsMessage.ts";
import { XmlError } from "../../adapters/ews/xmlTree.ts";
import { refusedWord, type WordRefusal } from "../../domain/inputs/wordVerdict.ts";
import { cleanText } from "../../domain/units/foreignText.ts";
import type { Said } from "../../ports/instructionLedger.ts";
import type { Issuer } from "./issuers.ts";
import { jsonOf, saidOfAwards, saidOfInstruction } from "./saidOfJson.ts";

/** What a path says of its bodies; where absent, the body alone says it. */
export type Subject = "instructions" | "awards";

/** The bytes of a message, and their type: JSON, else XML. */
export interface Body {
  readonly content: Uint8Array;
  readonly contentType: string;
}

type Sent = Pick<Issuer, "sender" | "resources">;

/** What the bytes of a message say, in the name of an issuer; a refusal for what cannot be read. */
export function saidOfBody({ content, contentType }: Body, issuer: Sent, subject?: Subject): Said {
  const text = textOf(content);
  if (typeof text !== "string") return text;
  return contentType.startsWith("application/json")
    ? saidOfJson(text, issuer, subject)
    : saidOfXml(text, issuer, subject);
}

function saidOfJson(text: string, { sender, resources }: Sent, subject: Subject | undefined): Said {
  const json = jsonOf(text);
  if ("code" in json) return json;
  const { value } = json;
  const isAwards = typeof value === "object" && value !== null && "AwardedAS" in value;
  return subject === "awards" || (subject === undefined && isAwards)
    ? saidOfAwards(value, resources)
    : saidOfInstruction(value, sender.issuer);
}

function saidOfXml(text: string, { sender, resources }: Sent, subject: Subject | undefined): Said {
  let said: EwsMessage;
  try {
    said = ewsMessage(text.startsWith("\ufeff") ? text.slice(1) : text);
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    const expected = "an EWS notification as docs/instructions.md shows it";
    return refusedWord("malformed", "", `the XML is not read: ${cleanText(error.message, 300)}`, expected);
  }
  if (subject !== undefined && (said.kind === "awards") !== (subject === "awards"))
    return refusedWord("malformed", "", `it brings ${said.kind}`, `${subject} at this path`);
  if (said.kind === "notice")
    return { kind: "notice", id: cleanText(said.id, 100), summary: cleanText(said.summary, 300) };
  if (said.kind === "awards") return saidOfAwards(said.body, resources);
  const { body, resource } = said;
  if (resource === undefined) return saidOfInstruction(body, sender.issuer);
  const site = Object.hasOwn(resources, resource) ? resources[resource] : undefined;
  if (site === undefined || (body["site"] !== undefined && body["site"] !== site))
    return refusedWord(
      "site",
      "resource",
      `${cleanText(resource, 100)} is ${site === undefined ? "no resource of this issuer" : `site ${site}`}`,
      Object.keys(resources).join(", ") || "a resource that the configuration lists",
    );
  return saidOfInstruction({ ...body, site }, sender.issuer);
}

/** Bytes as text; a refusal for what is not UTF-8. */
export function textOf(content: Uint8Array): string | WordRefusal {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch {
    return refusedWord("malformed", "", "the body is not UTF-8", "text in UTF-8");
  }
}
