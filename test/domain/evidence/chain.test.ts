import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chainText } from "../../../src/domain/evidence/chainText.ts";
import { linkRun } from "../../../src/domain/evidence/linkRun.ts";
import { merkleRoot } from "../../../src/domain/evidence/merkleRoot.ts";
import type { Instant } from "../../../src/domain/units/instant.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const closed = (runId: string) => ({
  workflowId: "site/pecan-draw",
  runId,
  closedAt: "2024-08-21T05:00:03.000Z" as Instant,
  events: 412,
  digest: sha256(runId),
  buildId: "b1",
});

describe("chain of a site's runs", () => {
  it("starts at genesis and binds each run to the one before", () => {
    const first = linkRun(undefined, closed("r1"), sha256);
    const second = linkRun(first, closed("r2"), sha256);
    expect(first).toMatchObject({ sequence: 1, previousChainHash: "genesis", file: "runs/00001-r1.json" });
    expect(second).toMatchObject({ sequence: 2, previousChainHash: first.chainHash });
    expect(second.chainHash).toBe(sha256(chainText(first.chainHash, second.digest, second)));
  });

  it("changes with every member that it binds", () => {
    const text = chainText("genesis", "d", linkRun(undefined, closed("r1"), sha256));
    const run = linkRun(undefined, closed("r1"), sha256);
    for (const changed of [
      { workflowId: "site/other" },
      { runId: "r9" },
      { sequence: 2 },
      { closedAt: "2024-08-21T05:00:04.000Z" as Instant },
      { events: 413 },
      { buildId: "b2" },
    ]) {
      expect(chainText("genesis", "d", { ...run, ...changed })).not.toBe(text);
    }
    expect(chainText("genesis", "e", run)).not.toBe(text);
    expect(chainText("other", "d", run)).not.toBe(text);
  });
});

describe("root of a day's runs", () => {
  it("of one run is its leaf, of three pairs the first two", () => {
    const leaf = (digest: string): string => sha256(`leaf:${digest}`);
    expect(merkleRoot(["a"], sha256)).toBe(leaf("a"));
    expect(merkleRoot(["a", "b", "c"], sha256)).toBe(
      sha256(`node:${sha256(`node:${leaf("a")}:${leaf("b")}`)}:${leaf("c")}`),
    );
  });

  it("of no runs does not exist", () => {
    expect(() => merkleRoot([], sha256)).toThrow(/at least one/);
  });

  it("differs for every other list: changed, reordered, repeated at the end", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ minLength: 4, maxLength: 8 }), { minLength: 2, maxLength: 9 }),
        (digests) => {
          const root = merkleRoot(digests, sha256);
          expect(merkleRoot([...digests].reverse(), sha256)).not.toBe(root);
          expect(merkleRoot([...digests, digests.at(-1)!], sha256)).not.toBe(root);
          expect(merkleRoot([`${digests[0]}0`, ...digests.slice(1)], sha256)).not.toBe(root);
        },
      ),
    );
  });
});
