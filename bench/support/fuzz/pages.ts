import type { Chance } from "./chance.ts";
import { DASHBOARDS } from "./dashboards.ts";
import type { Asked, Expected } from "./expected.ts";
import { oddJson } from "./odd.ts";
import { DAYS, type Json, type Members } from "./pageReading.ts";
import { momentsOfDay, POINTS } from "./tables.ts";

const ODD = '"@odd@"';
const DAMAGED: readonly ((text: string, chance: Chance) => string)[] = [
  (text, chance) => text.slice(0, chance.whole(0, text.length - 1)),
  () => "<!DOCTYPE html><html><head><title>Request unsuccessful</title></head></html>",
  () => "[]",
  () => "null",
  () => "{}",
  (text) => text.replace("{", `{"deep":${"[".repeat(80)}${"]".repeat(80)},`),
];
const SAME: readonly ((text: string) => string)[] = [
  (text) => `\ufeff${text}`,
  (text) => text.replace("{", '{"__proto__":{"data":[],"current_condition":{"state":"eea3"}},"constructor":{},'),
  (text) => text.replaceAll(",", " ,\n\t"),
  (text) => JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text) as Members).toReversed())),
];

/** A dashboard's page with what was done to it, and what may come of it. */
export function pageCase(chance: Chance): { asked: Asked; expected: Expected } {
  const page = chance.pick(DASHBOARDS);
  const day = momentsOfDay(chance.pick(DAYS), 60_000);
  const nowMs = (day[chance.whole(0, day.length - 1)] as number) + 30_000;
  const whole = page.make(chance, nowMs);
  const plain = JSON.stringify(whole);
  const kind = chance.whole(0, 9);
  const oddOne = oddPage(plain, chance);
  const text =
    kind === 0
      ? chance.pick(DAMAGED)(plain, chance)
      : kind === 1
        ? chance.pick(SAME)(plain)
        : kind < 9
          ? oddOne.text
          : plain;
  const read = pageOf(text);
  const facts = read === undefined ? [] : page.read(read, nowMs);
  const may = new Map<string, Set<string>>();
  for (const { key, value } of facts) may.set(key, (may.get(key) ?? new Set()).add(value));
  const needed = page.read(whole, nowMs).filter(({ isNeeded }) => isNeeded);
  const isWhole = kind === 1 || kind === 9;
  const point = chance.pick(POINTS);
  const unsaid = read === undefined ? [] : (page.unsaid?.(read) ?? []);
  const left = new Set([...facts.filter(({ isNeeded }) => !isNeeded).map(({ key }) => key), ...unsaid]);
  const own = needed.filter(
    ({ key }) => !key.startsWith("settlement-price") || key.includes(`|${point.settlementPoint}|`),
  );
  return {
    asked: { use: page.use, point, bytes: Buffer.from(text), source: "dashboard", fetchedMs: nowMs, what: page.use },
    expected: {
      must: new Map(isWhole ? own.map(({ key, value }) => [key, value]) : []),
      may,
      disputed: new Set(),
      isWhole,
      isUnreadable: read === undefined || Object.keys(read).length === 0,
      loud: kind > 1 && kind < 9 && oddOne.isLeftOut ? [] : own.filter(({ key }) => !left.has(key)).map((one) => [one]),
      mutations: kind === 9 ? 0 : 1,
    },
  };
}

function pageOf(text: string): Members | undefined {
  try {
    const parsed: unknown = JSON.parse(text.replace(/^\ufeff/, ""));
    if (text.includes("[".repeat(80))) return undefined;
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed) ? (parsed as Members) : undefined;
  } catch {
    return undefined;
  }
}

/** One value somewhere replaced, one member or row left out, or one doubled. */
function oddPage(text: string, chance: Chance): { readonly text: string; readonly isLeftOut: boolean } {
  const page = JSON.parse(text) as Members;
  const places: (readonly [holder: Members | Json[], name: string | number])[] = [];
  const walk = (holder: Members | Json[]): void => {
    for (const [name, value] of Object.entries(holder)) {
      places.push([holder, Array.isArray(holder) ? Number(name) : name]);
      if (typeof value === "object" && value !== null) walk(value as Members | Json[]);
    }
  };
  walk(page);
  const [holder, name] = chance.pick(places);
  const own = (holder as Members)[name];
  const kind = chance.whole(0, 9);
  let raw = oddJson(chance, typeof own === "object" ? "0" : JSON.stringify(own));
  if (Array.isArray(holder) && kind === 0) holder.splice(Number(name), 1);
  else if (Array.isArray(holder) && kind === 1) holder.splice(Number(name), 0, structuredClone(own));
  else if (kind === 2) delete (holder as Members)[name];
  else (holder as Members)[name] = JSON.parse(ODD);
  if (Array.isArray(holder) && kind === 0) raw = "null";
  return { text: JSON.stringify(page).replace(ODD, () => raw), isLeftOut: raw === "null" || raw === "[]" };
}
