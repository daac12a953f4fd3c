import { describe, expect, it } from "vitest";
import { FINAL_FAILURES } from "../../src/domain/units/failureTypes.ts";
import * as options from "../../workflows/options.ts";

describe("the retry options of activities", () => {
  it.each(Object.entries(options))("%s tries no final failure again, and names each once", (_, { retry }) => {
    expect(retry?.nonRetryableErrorTypes).toEqual([
      "OrderRefused",
      "BadInput",
      "SettlementRefused",
      "SettlementCheckFailed",
      "StatementRefused",
    ]);
    expect(retry?.nonRetryableErrorTypes).toEqual([...new Set(FINAL_FAILURES)]);
  });
});
