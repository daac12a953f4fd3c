import { describe, expect, it } from "vitest";
import { parseGridConditionJson } from "../../src/adapters/ercot/reports/dailyPrc.ts";
import type { SiteInput } from "../../src/domain/inputs/facts.ts";
import type { GridLevel, GridPreAlert } from "../../src/domain/market/model.ts";
import { addSeconds, parseInstant } from "../../src/domain/units/instant.ts";
import type { Bundle } from "../../src/replay/bundle.ts";
import { sha256Hex } from "../../src/replay/hash.ts";
import type { BundleDocument } from "../../src/domain/evidence/ledgers.ts";
import type { DocumentArchive } from "../../src/ports/documentArchive.ts";
import { LayerLog } from "../../src/replay/layerLog.ts";
import { checkSources } from "../../src/replay/layers/sources.ts";
import { SourceBook } from "../../src/replay/sourceBook.ts";

type GridInput = Extract<SiteInput, { kind: "grid-condition" }>;
const START = parseInstant("2026-08-18T18:40:00-05:00");

/** ERCOT's page of a minute, as the dashboard writes it. */
function page(minute: number, state: string, prc: string) {
  const at = addSeconds(START, minute * 60);
  const bytes = Buffer.from(
    JSON.stringify({
      lastUpdated: at,
      current_condition: { state, eea_level: 0, prc_value: prc, datetime: Date.parse(at) / 1_000 },
    }),
  );
  return { at, state, prcMw: Number(prc.replaceAll(",", "")), bytes, sha256: sha256Hex(bytes) };
}
type Page = ReturnType<typeof page>;

function told(of: Page, level: GridLevel, changes: Partial<GridInput> = {}): GridInput {
  const { at, state, prcMw, sha256 } = of;
  return {
    kind: "grid-condition",
    id: `grid-condition/${at}/${level}`,
    at,
    level,
    stateText: state,
    prcMw,
    observedAt: at,
    source: "dashboard/daily-prc",
    contentHash: sha256,
    ...changes,
  };
}
const low = (of: Page, prcMw = of.prcMw): GridPreAlert => ({ prcMw, belowMw: 3_000, observedAt: of.at });

/** Its line in an index of kept documents. */
function entryOf({ sha256, at }: Page): BundleDocument {
  return { sha256, source: "dashboard/daily-prc", documentId: at, contentType: "application/json", fetchedAt: at };
}

/** What the audit finds of inputs, each told of a kept page: the places where they say another thing. */
async function findings(
  pages: readonly Page[],
  inputs: readonly GridInput[],
  archive?: DocumentArchive,
): Promise<number[]> {
  const files = new Map<string, Buffer>(pages.map(({ sha256, bytes }) => [`documents/${sha256}`, bytes]));
  const index = pages.map(entryOf);
  files.set("documents/index.json", Buffer.from(JSON.stringify(index)));
  const bundle = {
    manifest: { documents: [...files.keys()].map((path) => ({ path })) },
    read: async (path: string) => files.get(path),
  } as unknown as Bundle;
  const book = await SourceBook.open(bundle, { "dashboard/daily-prc": parseGridConditionJson }, new Set(), archive);
  const log = new LayerLog("sources", "kept pages");
  await checkSources(
    inputs.map((input, i) => ({ input, where: `${i}` })),
    book,
    log,
  );
  return log.findings.map(({ where }) => Number(where.split(" ")[0]));
}

const calm = page(0, "normal", "3,200");
const odd = page(1, "brownout", "3,100");
const first = page(2, "normal", "2,985");
const watch = page(3, "watch", "2,950");

describe("the grid conditions that a site was told, against the kept pages", () => {
  it("agree where a page cannot be read and the level before it is kept", async () => {
    const inputs = [
      told(calm, "normal"),
      told(odd, "normal", { unreadable: true, stateText: "brownout (eea_level 0)" }),
    ];
    expect(await findings([calm, odd], inputs)).toEqual([]);
  });

  it("agree where the PRC raised a pre-alert, which stands when the level rises after it", async () => {
    const inputs = [
      told(calm, "normal"),
      told(first, "normal", { preAlert: low(first) }),
      told(watch, "watch", { preAlert: low(first) }),
    ];
    expect(await findings([calm, first, watch], inputs)).toEqual([]);
  });

  it("are held against what their own source told before, where two sources are told in turn", async () => {
    const mirror = { feedId: "grid-condition/mirror" };
    const eea = page(4, "eea2", "1,900");
    const lone = page(5, "brownout", "1,900");
    const turns = [told(watch, "watch"), told(eea, "eea2", mirror)];
    const kept = { unreadable: true as const, next: "unknown" as const, stateText: "brownout (eea_level 0)" };
    expect(await findings([watch, eea, lone], [...turns, told(lone, "watch", kept)])).toEqual([]);
    expect(await findings([watch, eea, lone], [...turns, told(lone, "eea2", kept)])).toEqual([2]);
    expect(await findings([watch, eea], [...turns, told(eea, "eea2", { next: "eea3" })])).toEqual([2]);
  });

  it("agree where the page has left the bundle and lies in the archive, and are found where it lies in neither", async () => {
    const inputs = [told(calm, "normal")];
    const archive = {
      find: (sha256: string) =>
        sha256 === calm.sha256 ? { entries: [entryOf(calm)], bytes: calm.bytes } : { problem: "no index lists it" },
    };
    expect(await findings([], inputs, archive)).toEqual([]);
    expect(await findings([], inputs)).toEqual([0]);
    expect(await findings([], [told(first, "normal")], archive)).toEqual([0]);
  });

  it("are found where a level stands on no page and was not told before", async () => {
    expect(await findings([calm, first], [told(calm, "normal"), told(first, "eea2")])).toEqual([1]);
    expect(await findings([calm], [told(calm, "watch")])).toEqual([0]);
  });

  it("are found where a pre-alert names a PRC that the page does not, or one that is not below its figure", async () => {
    expect(await findings([first], [told(first, "normal", { preAlert: low(first, 2_100) })])).toEqual([0]);
    expect(await findings([calm], [told(calm, "normal", { preAlert: low(calm) })])).toEqual([0]);
    const late = told(watch, "watch", { preAlert: low(calm, 2_990) });
    expect(await findings([watch], [late])).toEqual([0]);
  });
});
