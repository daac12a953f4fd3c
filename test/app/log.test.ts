import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";

it("a log line holds what a machine said as one printable line: no escape for a terminal, no NUL, no second line", () => {
  const program = `import("./src/app/log.ts").then(({ createLog }) =>
    createLog("test").error({ machineId: "a-0001", problem: "\\u001b[2Jgone\\u0000\\nlevel: 30" + "x".repeat(900) }, "failed"))`;
  const lines = execFileSync(process.execPath, ["-e", program], { encoding: "utf8" }).trim().split("\n");
  expect(lines).toHaveLength(1);
  const { problem, machineId } = JSON.parse(lines[0] as string) as { problem: string; machineId: string };
  expect(machineId).toBe("a-0001");
  expect(problem).toMatch(/^\ufffd\[2Jgone\ufffd level: 30x+…$/);
  expect(problem).toHaveLength(500);
});

it("an error in a log line is its words and those of its causes: why a statement was refused can be read there", () => {
  const program = `import("./src/app/log.ts").then(({ createLog }) => createLog("test").warn({ error:
    new Error("Activity task failed", { cause: new Error("Statement harbor-2026 cannot be issued: 3 open items") }) }, "Workflow failed"))`;
  const line = execFileSync(process.execPath, ["-e", program], { encoding: "utf8" });
  expect(JSON.parse(line)).toMatchObject({
    error: "Activity task failed: Statement harbor-2026 cannot be issued: 3 open items",
  });
});
