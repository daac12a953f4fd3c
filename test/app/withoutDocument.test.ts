import { expect, it } from "vitest";
import { exitCodeOf } from "../../src/app/commandError.ts";
import { withoutDocument } from "../../src/app/commands/archiveOption.ts";
import { PortDataError, PortUnavailableError } from "../../src/ports/errors.ts";

it("a recording, or a bundle, whose archive is not mounted ends as a file that cannot be used, a database away as no run", () => {
  const codeOf = (error: Error): number => {
    try {
      return withoutDocument(error);
    } catch (thrown) {
      return exitCodeOf(thrown);
    }
  };
  expect(codeOf(new PortDataError("mis/12329 document 1 has left the database"))).toBe(2);
  expect(codeOf(new PortUnavailableError("the database does not answer"))).toBe(4);
});
