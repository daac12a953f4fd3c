import type { Bench } from "./support/bench.ts";
export const actions: Bench = { name: "actions", summary: "being written", run: async () => { throw new Error("being written"); } };
