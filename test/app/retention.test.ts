import { expect, it } from "vitest";
import { shortRetention } from "../../src/app/stack/retention.ts";

it("a namespace that keeps closed runs for 90 days is fine; a day, 89 days or an unknown time are warned of with the remedy", () => {
  expect(shortRetention("default", 90)).toBeUndefined();
  expect(shortRetention("default", 365)).toBeUndefined();
  for (const [days, kept] of [
    [1, "1 days"],
    [89, "89 days"],
    [undefined, "an unknown time"],
  ] as const) {
    expect(shortRetention("default", days)).toContain(
      `WARNING: namespace "default" keeps closed runs for ${kept}, expected 90 days at least`,
    );
    expect(shortRetention("default", days)).toContain("temporal operator namespace update --retention 90d default");
  }
});
