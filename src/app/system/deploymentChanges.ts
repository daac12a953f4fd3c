import type { Deployment } from "../worker/deployment.ts";

/** Differences told one by one; more are counted. */
const TOLD_MAX = 200;
const VALUE_CHARS_MAX = 80;

/** What differs between two deployments of a site, a line each: the place and both values. Empty when nothing does. */
export function deploymentChanges(before: Deployment, after: Deployment): string[] {
  const old = new Map(leaves(partsOf(before), ""));
  const now = new Map(leaves(partsOf(after), ""));
  const places = [...new Set([...old.keys(), ...now.keys()])].toSorted();
  const lines = places.flatMap((place) => {
    const [was, is] = [old.get(place), now.get(place)];
    return was === is ? [] : [`${place}: ${was ?? "nothing"} → ${is ?? "nothing"}`];
  });
  const more = lines.length - TOLD_MAX;
  return more > 0 ? [...lines.slice(0, TOLD_MAX), `and ${more} more`] : lines;
}

/** What a person configures; hashes follow from it. */
function partsOf({ planHash: _, ...parts }: Deployment): object {
  return parts;
}

/** Every value under its place; members of a list are named by their own id where they have one. */
function leaves(value: unknown, place: string): [string, string][] {
  if (Array.isArray(value)) return value.flatMap((one: unknown, i) => leaves(one, `${place}[${nameOf(one) ?? i}]`));
  if (typeof value === "object" && value !== null)
    return Object.entries(value).flatMap(([key, one]) => leaves(one, place === "" ? key : `${place}.${key}`));
  return value === undefined ? [] : [[place, String(value).slice(0, VALUE_CHARS_MAX)]];
}

/** The most particular first: a machine names its cohort too. */
const ID_KEYS = [
  "machineId",
  "meterId",
  "inputId",
  "contractId",
  "modeId",
  "cohortId",
  "blockId",
  "gateId",
  "resource",
  "product",
  "code",
  "use",
];

function nameOf(one: unknown): string | undefined {
  if (typeof one !== "object" || one === null) return undefined;
  const member = one as Readonly<Record<string, unknown>>;
  const id = ID_KEYS.map((key) => member[key]).find((name) => typeof name === "string");
  return id === undefined
    ? undefined
    : `${String(id)}${member["version"] === undefined ? "" : ` v${String(member["version"])}`}`;
}
