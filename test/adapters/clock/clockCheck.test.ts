import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { webServerTime } from "../../../src/adapters/ercot/serverTime.ts";
import { clockProblem } from "../../../src/app/system/clockCheck.ts";

const NOON = Date.parse("2026-06-09T17:00:00Z");

describe("this machine's clock against others", () => {
  it("six hours ahead is told with its direction", () => {
    const sixHours = { askedMs: NOON + 21_600_000, theirsMs: NOON + 20, answeredMs: NOON + 21_600_040 };
    expect(clockProblem("the database", sixHours)).toBe(
      "this machine's clock is 21600.0 s ahead of that of the database: intervals, orders and meter readings go by " +
        "it; set its time service right",
    );
    const behind = { askedMs: NOON - 5_000, theirsMs: NOON, answeredMs: NOON - 4_900 };
    expect(clockProblem("the database", behind)).toMatch(/^this machine's clock is 4.9 s behind that of the database/);
  });

  it("two seconds, a slow way there and back, and the cut-off seconds of a Date header are no alarm", () => {
    expect(clockProblem("x", { askedMs: NOON + 2_000, theirsMs: NOON, answeredMs: NOON + 2_010 })).toBeUndefined();
    expect(clockProblem("x", { askedMs: NOON, theirsMs: NOON + 4_000, answeredMs: NOON + 8_000 })).toBeUndefined();
    const cutOff = { askedMs: NOON + 2_999, theirsMs: NOON, answeredMs: NOON + 3_005 };
    expect(clockProblem("x", cutOff, 1_000)).toBeUndefined();
    expect(clockProblem("x", cutOff)).toBeDefined();
  });

  it("reads a web server's Date header, of an error page too, and nothing where nobody answers", async () => {
    const server = createServer((_, response) =>
      response.writeHead(503, { date: "Tue, 09 Jun 2026 17:00:00 GMT" }).end(),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect((await webServerTime(url, 2_000))?.theirsMs).toBe(NOON);
    await new Promise((resolve) => server.close(resolve));
    expect(await webServerTime(url, 2_000)).toBeUndefined();
  });
});
