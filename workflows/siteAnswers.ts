import type { Answer } from "./contracts.ts";

/** Answers kept for orders that are asked about again, also by the next run. */
const ANSWERS_KEPT = 50;

interface Asked {
  readonly answer: Promise<Answer>;
  readonly resolve: (answer: Answer) => void;
}

/** Whom a site's run owes an answer, and what it answered lately. Everybody hears something before the run ends. */
export class SiteAnswers {
  readonly #asked = new Map<string, Asked>();
  readonly #given: Map<string, Answer>;
  #isClosed = false;

  constructor(given: readonly Answer[]) {
    this.#given = new Map(given.map((answer) => [answer.id, answer]));
  }

  /** What was answered before to the question `id`. */
  given(id: string): Answer | undefined {
    return this.#given.get(id);
  }

  /** The answer to the question `id` once there is one; asked again, it is the same question. */
  to(id: string): Promise<Answer> {
    if (this.#isClosed) return Promise.resolve({ kind: "carried-over", id });
    const known = this.#asked.get(id);
    if (known !== undefined) return known.answer;
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.#asked.set(id, { answer: promise, resolve });
    return promise;
  }

  give(answer: Answer): void {
    this.#given.set(answer.id, answer);
    for (const id of [...this.#given.keys()].slice(0, -ANSWERS_KEPT)) this.#given.delete(id);
    this.#asked.get(answer.id)?.resolve(answer);
    this.#asked.delete(answer.id);
  }

  /** Whoever waits, and whoever asks from here on, is told that the next run has it. */
  close(): void {
    this.#isClosed = true;
    for (const [id, { resolve }] of this.#asked) resolve({ kind: "carried-over", id });
    this.#asked.clear();
  }

  /** For the next run, which answers the same. */
  kept(): readonly Answer[] {
    return [...this.#given.values()];
  }
}
