import { describe, expect, it } from "vitest";
import { configured } from "../../activities/configured.ts";
import { machinesOf } from "../../activities/machines.ts";

describe("a worker asked for what its configuration lacks", () => {
  it("names what it has and what to do, and is asked again: the worker that is meant may answer yet", () => {
    expect(() => configured<"siteMeterId">(new Map([["rosebud", { siteMeterId: "site" }]]), "lamesa")).toThrow(
      expect.objectContaining({
        type: "NotConfigured",
        nonRetryable: false,
        message:
          "Site lamesa is not in this worker's configuration, which names: rosebud. Start the worker with that " +
          "site's configuration.",
      }),
    );
  });

  it("says which machines of a batch it does not have", () => {
    expect(() => machinesOf({ cohortId: "s19", spans: [{ from: 50, to: 100 }] }, [])).toThrow(
      expect.objectContaining({
        type: "NotConfigured",
        nonRetryable: false,
        message: expect.stringMatching(/^A batch names machines 51 to 100 of cohort s19, .* has 0\./),
      }),
    );
  });
});
