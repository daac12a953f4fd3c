import type { z } from "zod";
import { awardsBody, type AwardsBody, instructionBody, type InstructionBody } from "../../contract/instructions.ts";
import type { Demand } from "../../domain/inputs/demand.ts";
import { refusedWord, type WordRefusal } from "../../domain/inputs/wordVerdict.ts";
import { cleanText, parseForeignJson, thrownText } from "../../domain/units/foreignText.ts";
import { parseInstant, UnitError } from "../../domain/units/instant.ts";
import { repeatedMember } from "../../domain/units/repeatedMember.ts";
import type { Said } from "../../ports/instructionLedger.ts";

/** Sites by the names under which an issuer knows them. */
export type SitesByResource = Readonly<Record<string, string>>;

/** Values of a body: more than any message needs. */
const BUDGET = { depthMax: 8, valuesMax: 20_000 };

/** What a body of `POST /v1/instructions` says in the name of an issuer; a refusal that says where it is wrong. */
export function saidOfInstruction(value: unknown, issuer: string): Said {
  const body = shaped(value, instructionBody);
  return "code" in body ? body : asInstants(() => wordOf(body, issuer));
}

/** What a body of `POST /v1/awards` says; its resources are those of the issuer's own list. */
export function saidOfAwards(value: unknown, resources: SitesByResource): Said {
  const body = shaped(value, awardsBody);
  return "code" in body ? body : asInstants(() => awardsOf(body, resources));
}

function wordOf(body: InstructionBody, issuer: string): Said {
  const { id: instructionId, site: siteId, revision } = body;
  const issuedAt = parseInstant(body.issued);
  const named = revision === undefined ? {} : { revision };
  if (body.type === "recall")
    return { kind: "word", word: { kind: "recall", siteId, instructionId, issuer, issuedAt, ...named } };
  const demand = demandOf(body);
  if ("code" in demand) return demand;
  const { product, cohorts, effective, deadline, until, restoreNotBefore } = body;
  return {
    kind: "word",
    word: {
      kind: "instruct",
      siteId,
      instruction: {
        instructionId,
        ...named,
        issuer,
        ...(product === undefined ? {} : { product }),
        action: "curtail",
        issuedAt,
        ...(demand.kind === "off" ? {} : { demand }),
        ...(cohorts === undefined ? {} : { cohortIds: [...new Set(cohorts)] }),
        from: effective === undefined ? issuedAt : parseInstant(effective),
        ...(deadline === undefined ? {} : { effectiveBy: parseInstant(deadline) }),
        ...(until === undefined ? {} : { until: parseInstant(until) }),
        ...(restoreNotBefore === undefined ? {} : { restoreNotBefore: parseInstant(restoreNotBefore) }),
      },
    },
  };
}

function awardsOf({ AwardedAS }: AwardsBody, resources: SitesByResource): Said {
  const stranger = AwardedAS.findIndex(({ resource }) => !Object.hasOwn(resources, resource));
  if (stranger >= 0)
    return refusedWord(
      "site",
      `AwardedAS[${stranger}].resource`,
      `${AwardedAS[stranger]?.resource} is no resource of this issuer`,
      Object.keys(resources).join(", ") || "a resource that the configuration lists",
    );
  return {
    kind: "awards",
    awards: AwardedAS.map(({ startTime, endTime, awardedMW, marketType, ...one }) => ({
      ...one,
      ...(marketType === undefined ? {} : { marketType }),
      siteId: resources[one.resource] as string,
      startsAt: parseInstant(startTime),
      endsAt: parseInstant(endTime),
      awardedMw: String(awardedMW),
    })),
  };
}

function demandOf(body: Extract<InstructionBody, { type: "instruction" }>): Demand | WordRefusal {
  const { targetMw, reduceMw, off } = body;
  const given = [targetMw, reduceMw, off].filter((one) => one !== undefined).length;
  if (given !== 1)
    return refusedWord(
      "power",
      "targetMw",
      given === 0 ? "it does not say how far down the load is to come" : "it says more than once how far down",
      "exactly one of targetMw, reduceMw and off",
    );
  if (targetMw !== undefined) return { kind: "target", kw: kwOf(targetMw) };
  return reduceMw === undefined ? { kind: "off" } : { kind: "reduce", kw: kwOf(reduceMw) };
}

/** Whole watts: a decimal of MW has no digits beyond them. */
function kwOf(mw: number): number {
  return Math.round(mw * 1_000_000) / 1_000;
}

/** JSON of a body as a value; a refusal for what is none. */
export function jsonOf(text: string): { readonly value: unknown } | WordRefusal {
  try {
    const value = parseForeignJson(text, BUDGET);
    const twice = repeatedMember(text);
    if (twice === undefined) return { value };
    const name = cleanText(twice, 100);
    return refusedWord("malformed", name, `the body has ${name} twice: which one holds?`, "each member once");
  } catch (error) {
    return refusedWord("malformed", "", `the body is no JSON: ${thrownText(error)}`, "one JSON object");
  }
}

/** A moment can have the right form and be none: 30 February. */
function asInstants(work: () => Said): Said {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof UnitError)) throw error;
    return refusedWord("malformed", "", cleanText(error.message, 300), "moments that exist, to the millisecond");
  }
}

/** A value as a schema has it; a refusal that says where it is not. */
export function shaped<T>(value: unknown, schema: z.ZodType<T>): T | WordRefusal {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue?.path.map(String).join(".") ?? "";
  return refusedWord(
    "malformed",
    cleanText(where, 100),
    cleanText(issue?.message ?? "it does not fit", 300),
    "a body as docs/instructions.md shows it",
  );
}
