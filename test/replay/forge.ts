import { cpSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { canonicalJson } from "../../src/domain/evidence/canonicalJson.ts";
import { CHAIN_GENESIS } from "../../src/domain/evidence/chainText.ts";
import { linkRun } from "../../src/domain/evidence/linkRun.ts";
import type { AuditVerdict, BundleManifest, EvidenceFile, EvidenceRun } from "../../src/domain/evidence/model.ts";
import { sha256Hex } from "../../src/replay/hash.ts";
import { MANIFEST_DIGEST, manifestDigestText, manifestText } from "../../src/replay/bundle.ts";
import { dailyRoots } from "../../src/replay/writeBundle.ts";

/** An event of a stored history, loosely typed: a forger may write anything. */
export type RawEvent = { eventId: string; eventType: string; [attributes: string]: any };
export type RawHistory = { events: RawEvent[] };

/** Names of the audit's layers that found something. */
export function layersThatFind(verdict: AuditVerdict): string[] {
  return verdict.layers.filter(({ findings }) => findings.length > 0).map(({ layer }) => layer);
}

/**
 * A copy of a bundle whose holder changed it and then put every digest, the whole chain and the head right again: what
 * an honest-looking forgery looks like to somebody who holds nothing but the bundle.
 */
export class Forgery {
  readonly dir: string;
  readonly manifest: BundleManifest;

  constructor(from: string, dir: string) {
    cpSync(from, dir, { recursive: true });
    this.dir = dir;
    this.manifest = JSON.parse(readFileSync(join(dir, "manifest.json"), "utf8")) as BundleManifest;
  }

  /** Change run number `sequence`; its entry in the manifest may be changed too. */
  run(
    sequence: number,
    change: (history: RawHistory) => void,
    entry: (run: EvidenceRun, history: RawHistory) => Partial<EvidenceRun> = () => ({}),
  ): this {
    const at = this.manifest.runs.findIndex((one) => one.sequence === sequence);
    const run = this.manifest.runs[at]!;
    const history = JSON.parse(readFileSync(join(this.dir, run.file), "utf8")) as RawHistory;
    change(history);
    writeFileSync(join(this.dir, run.file), JSON.stringify(history));
    (this.manifest.runs as EvidenceRun[])[at] = { ...run, ...entry(run, history) };
    return this;
  }

  /** Change the rows of `ledgers/<name>.jsonl`. */
  ledger(name: string, change: (rows: any[]) => void): this {
    return this.file(`ledgers/${name}.jsonl`, (text) => {
      const rows = text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as unknown);
      change(rows);
      return rows.map((row) => `${canonicalJson(row)}\n`).join("");
    });
  }

  /** Change a settled version of a day. */
  settlement(version: number, change: (settlement: { input: any; result: any }) => void): this {
    const { path } = this.manifest.settlements.find((one) => one.path.endsWith(`-v${version}.json`))!;
    return this.file(path, (text) => {
      const settlement = JSON.parse(text) as { input: unknown; result: unknown };
      change(settlement);
      return `${JSON.stringify(settlement, null, 1)}\n`;
    });
  }

  /**
   * Put one word for another everywhere in every history, and make every hash of a record, of a run and of the chain
   * anew where another run or record names it: what somebody can do who has the program and all the time in the world.
   */
  remake(from: string, to: string): this {
    const names = new Map([[from, to]]);
    let previous: EvidenceRun | undefined;
    for (const [i, run] of this.manifest.runs.entries()) {
      const path = join(this.dir, run.file);
      const history = JSON.parse(readFileSync(path, "utf8")) as RawHistory;
      history.events = history.events.map((one) => renamed(one, names));
      writeFileSync(path, JSON.stringify(history));
      previous = linkRun(previous, { ...run, digest: this.#digest(run.file) }, sha256Hex);
      names.set(run.digest, previous.digest).set(run.chainHash, previous.chainHash);
      (this.manifest.runs as EvidenceRun[])[i] = previous;
    }
    return this;
  }

  file(path: string, change: (text: string) => string): this {
    writeFileSync(join(this.dir, path), change(readFileSync(join(this.dir, path), "utf8")));
    return this;
  }

  /** Put digests, chain and head right. */
  seal(): string {
    let previous: EvidenceRun | undefined;
    const runs = this.manifest.runs.map(
      (run) => (previous = linkRun(previous, { ...run, digest: this.#digest(run.file) }, sha256Hex)),
    );
    const files = (list: readonly EvidenceFile[]): EvidenceFile[] =>
      list.map((file) => ({
        ...file,
        digest: this.#digest(file.path),
        bytes: statSync(join(this.dir, file.path)).size,
      }));
    const { settlements, statements, ledgers, documents } = this.manifest;
    const manifest: BundleManifest = {
      ...this.manifest,
      runs,
      settlements: files(settlements),
      statements: files(statements),
      ledgers: files(ledgers),
      documents: files(documents),
      headChainHash: previous?.chainHash ?? CHAIN_GENESIS,
      dailyRoots: dailyRoots(runs),
    };
    const text = manifestText(manifest);
    writeFileSync(join(this.dir, "manifest.json"), text);
    writeFileSync(join(this.dir, MANIFEST_DIGEST), manifestDigestText(text));
    return this.dir;
  }

  #digest(path: string): string {
    return sha256Hex(readFileSync(join(this.dir, path)));
  }
}

/** The history without one event, every id and every reference to an event counted anew. */
export function withoutEvent(history: RawHistory, gone: RawEvent): void {
  const kept = history.events.filter((one) => one !== gone);
  const ids = new Map(kept.map((one, i) => [one.eventId, String(i + 1)]));
  const recount = (value: any): any => {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map(recount);
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [
        key,
        /[eE]ventId$/.test(key) ? (ids.get(String(member)) ?? member) : recount(member),
      ]),
    );
  };
  history.events = kept.map(recount);
}

/** An event with every name replaced, inside payloads too; the hash of a changed record becomes a name of its own. */
function renamed(one: RawEvent, names: Map<string, string>): RawEvent {
  const inText = (text: string): string => [...names].reduce((now, [from, to]) => now.replaceAll(from, to), text);
  const walk = (value: unknown, key = ""): unknown => {
    if (typeof value === "string")
      return key === "data"
        ? Buffer.from(inText(Buffer.from(value, "base64").toString("utf8"))).toString("base64")
        : inText(value);
    if (Array.isArray(value)) return value.map((item) => walk(item));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, name === "metadata" ? member : walk(member, name)]),
    );
  };
  const record = (raw: RawEvent): unknown => {
    const scheduled = raw["activityTaskScheduledEventAttributes"];
    return scheduled?.activityType.name === "recordDecision"
      ? JSON.parse(Buffer.from(scheduled.input.payloads[0].data, "base64").toString("utf8"))
      : undefined;
  };
  const now = walk(one) as RawEvent;
  const [before, after] = [record(one), record(now)];
  if (before !== undefined) names.set(sha256Hex(canonicalJson(before)), sha256Hex(canonicalJson(after)));
  return now;
}

/** Change the JSON value inside a payload. */
export function inPayload(payload: { data: string }, change: (value: any) => void): void {
  const value = JSON.parse(Buffer.from(payload.data, "base64").toString("utf8")) as unknown;
  change(value);
  payload.data = Buffer.from(JSON.stringify(value)).toString("base64");
}

/** The n-th event of a type (without `EVENT_TYPE_`), counted from 1, that meets a condition. */
export function event(
  history: RawHistory,
  type: string,
  condition: (event: RawEvent) => boolean = () => true,
): RawEvent {
  const found = history.events.find((one) => one.eventType === `EVENT_TYPE_${type}` && condition(one));
  if (found === undefined) throw new Error(`the recorded history has no ${type} that meets the condition`);
  return found;
}

/** Paths of the numbers, texts and truth values inside a payload. */
export function leavesOf(payload: { data: string }): string[][] {
  const walk = (value: unknown, path: string[]): string[][] =>
    typeof value === "object" && value !== null
      ? Object.entries(value).flatMap(([key, member]) => walk(member, [...path, key]))
      : [path];
  return walk(JSON.parse(Buffer.from(payload.data, "base64").toString("utf8")), []);
}

/** Put another number, text or truth value at a path. */
export function changeLeaf(value: any, path: readonly string[]): void {
  const [last] = path.slice(-1);
  const holder = path.slice(0, -1).reduce((inner, key) => inner[key], value);
  const old = holder[last!];
  holder[last!] = typeof old === "number" ? old + 1 : typeof old === "boolean" ? !old : `${old}x`;
}
