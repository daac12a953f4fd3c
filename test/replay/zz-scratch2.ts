import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { auditBundle } from "../../src/replay/audit.ts";
import { linkRun } from "../../src/domain/evidence/linkRun.ts";
import { sha256Hex } from "../../src/replay/hash.ts";
import { dailyRoots } from "../../src/replay/writeBundle.ts";
import { openReplayer } from "../../src/replay/replayer.ts";
import { parsers, workflowsPath } from "./recordSite.ts";
let seed = 7; const rnd = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
const src = "/tmp/audit-scratch/b1", dir = "/tmp/audit-scratch/b2";
rmSync(dir, { recursive: true, force: true }); cpSync(src, dir, { recursive: true });
const manifest = JSON.parse(readFileSync(`${src}/manifest.json`, "utf8"));
const originals = manifest.runs.map((r: any) => JSON.parse(readFileSync(`${src}/${r.file}`, "utf8")));
function put(histories: any[]) {
  let prev: any; const runs = histories.map((h, i) => { const bytes = new TextEncoder().encode(JSON.stringify(h)); writeFileSync(`${dir}/${manifest.runs[i].file}`, bytes);
    prev = linkRun(prev, { ...manifest.runs[i], digest: sha256Hex(bytes) }, sha256Hex); return prev; });
  writeFileSync(`${dir}/manifest.json`, JSON.stringify({ ...manifest, runs, headChainHash: prev.chainHash, dailyRoots: dailyRoots(runs) }));
}
type Leaf = { path: string[]; inner?: string[] };
function leaves(v: any, path: string[] = []): Leaf[] {
  if (v && typeof v === "object" && v.metadata && v.metadata.encoding === Buffer.from("json/plain").toString("base64") && typeof v.data === "string") {
    const inner = innerLeaves(JSON.parse(Buffer.from(v.data, "base64").toString()));
    return inner.map((p) => ({ path, inner: p }));
  }
  if (v && typeof v === "object") return Object.entries(v).flatMap(([k, x]) => leaves(x, [...path, k]));
  return [{ path }];
}
function innerLeaves(v: any, path: string[] = []): string[][] { return v && typeof v === "object" ? Object.entries(v).flatMap(([k, x]) => innerLeaves(x, [...path, k])) : [path]; }
function mut(v: any): any { if (typeof v === "number") return v + 1; if (typeof v === "boolean") return !v; if (v === null) return 1;
  if (/^\d+$/.test(v)) return String(Number(v) + 1); if (/^\d{4}-\d\d-\d\dT/.test(v)) return v.replace(/^(\d{4})/, (y: string) => String(Number(y) - 1)); if (/^[\d.]+s$/.test(v)) return `${Number(v.slice(0, -1)) + 1}s`; return v + "x"; }
function setAt(o: any, path: string[], f: (v: any) => any): any { const c = structuredClone(o); let h = c; for (const k of path.slice(0, -1)) h = h[k]; const l = path.at(-1)!; if (path.length === 0) return f(c); h[l] = f(h[l]); return c; }
function forge(h: any, leaf: Leaf): any { return setAt(h, leaf.path, (v) => leaf.inner === undefined ? mut(v) : ({ ...v, data: Buffer.from(JSON.stringify(setAt(JSON.parse(Buffer.from(v.data, "base64").toString()), leaf.inner, mut))).toString("base64") })); }
const replayer = await openReplayer(workflowsPath);
put(originals); const base = await auditBundle(dir, { workflowsPath, parsers, replayer }); console.log("base", base.ok);
const stat = new Map<string, { n: number; layers: Map<string, number> }>();
const missed = new Map<string, number>(); let n = 0; const t = Date.now();
for (let i = 0; i < originals.length; i++) {
  const all = leaves(originals[i]);
  const groups = Map.groupBy(all, (l) => l.path.join("."));
  for (const [, ls] of groups) {
    const pick = ls.length <= 4 ? ls : [0, 1, 2, 3].map(() => ls[Math.floor(rnd() * ls.length)]!);
    for (const leaf of pick) {
      n++;
      const ev = originals[i].events[Number(leaf.path[1])];
      const kind = `${ev.eventType.replace("EVENT_TYPE_", "")} ${leaf.path.slice(2).join(".").replace(/^\w+EventAttributes\./, "")}${leaf.inner ? "{}" : ""}`;
      let h; try { h = forge(originals[i], leaf); } catch (e) { console.log("cannot forge", kind); continue; }
      put(originals.map((o: any, j: number) => j === i ? h : o));
      let v; try { v = await auditBundle(dir, { workflowsPath, parsers, replayer }); } catch (e) { console.log("THROWS", kind, leaf.inner?.join("."), (e as Error).message.slice(0, 200)); continue; }
      const found = v.layers.filter((l) => l.findings.length > 0).map((l) => l.layer).join("+");
      if (v.ok) missed.set(kind + (leaf.inner ? " " + leaf.inner.join(".").replace(/\d+/g, "#") : ""), (missed.get(kind) ?? 0) + 1);
      const s = stat.get(found) ?? { n: 0, layers: new Map() }; s.n++; s.layers.set(kind, (s.layers.get(kind) ?? 0) + 1); stat.set(found, s);
    }
  }
}
console.log(n, "forgeries", Date.now() - t, "ms");
for (const [k, s] of stat) console.log(k || "MISSED", s.n);
console.log([...missed].map(([k, c]) => `${k} ${c}`).sort().join("\n"));

replayer.close();
