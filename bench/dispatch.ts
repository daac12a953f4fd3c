import type { Bench } from "./support/bench.ts";
export const dispatch: Bench = { name: "dispatch", summary: "being written", run: async () => { throw new Error("being written"); } };
