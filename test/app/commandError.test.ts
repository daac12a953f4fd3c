import { describe, expect, it } from "vitest";
import { errorText, exitCodeOf } from "../../src/app/commandError.ts";
import { RequestRefusedError, RequestUnusableError } from "../../src/ports/commands.ts";
import { PortUnavailableError } from "../../src/ports/errors.ts";
import { BundleError } from "../../src/replay/bundleFile.ts";

describe("an error on the terminal", () => {
  it("keeps its lines, and what a file's name would make the terminal do is not done", () => {
    // a bell, a window title, the same escapes as one byte of Latin-1, and text that runs from right to left
    const name = "a\u0007\u001b]0;title\u0007\u009b2J\u202egnp.exe";
    const text = errorText(new BundleError(`manifest.json: documents[0] names\n${name}`), false);
    expect(text).toBe("ballast: manifest.json: documents[0] names\na\ufffd\ufffd]0;title\ufffd\ufffd2J\ufffdgnp.exe\n");
    expect(errorText(new Error(name, { cause: new Error(name) }), true)).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_Control}/u);
  });
});

describe("what is asked of a site ends the command", () => {
  it.each([
    ["with 1 when the site refuses it", new RequestRefusedError("there is no order"), 1],
    ["with 2 when it cannot be read", new RequestUnusableError("tomorrow is no time"), 2],
    ["with 4 when nobody answers", new PortUnavailableError("site salt-fork did not answer"), 4],
  ])("%s, without a hint at a fault of the program", (_, error, exitCode) => {
    expect(exitCodeOf(error)).toBe(exitCode);
    expect(errorText(error, false)).toBe(`ballast: ${error.message}\n`);
  });
});
