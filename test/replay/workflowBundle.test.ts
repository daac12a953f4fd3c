import { expect, it } from "vitest";
import { workflowBundle } from "../../src/replay/workflowBundle.ts";
import { workflowsPath } from "./recordSite.ts";

it("the code of workflows spreads objects as the sources do, not through a helper of 2017", async () => {
  const { code } = await workflowBundle(workflowsPath);
  expect(code).toContain("async function runSite(");
  expect(code.match(/_object_spread/g)).toBeNull();
});
