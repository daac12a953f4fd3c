import type { Duplex } from "node:stream";
import { StringDecoder } from "node:string_decoder";

const LINE_CHARACTERS_MAX = 65_536;

/**
 * Answers each line of JSON that comes with a line of its own, in whatever order the answers are ready, by the `id` of
 * the question. A connection that sends what is no question, or a line without end, is closed.
 */
export function serveLines(
  socket: Duplex,
  head: Buffer,
  answer: (question: Record<string, unknown>) => Promise<object>,
): void {
  const decoder = new StringDecoder("utf8");
  let text = "";
  const take = (chunk: string): void => {
    const lines = (text + chunk).split("\n");
    text = lines.pop() as string;
    const questions = text.length > LINE_CHARACTERS_MAX ? [undefined] : lines.map(questionOf);
    for (const question of questions) {
      if (question === undefined) return void socket.destroy();
      void answer(question).then((said) => {
        if (!socket.destroyed) socket.write(`${JSON.stringify({ id: question["id"], ...said })}\n`);
      });
    }
  };
  // Whoever hangs up is gone without a word; what it waits for keeps its place.
  socket.on("error", () => socket.destroy());
  socket.on("end", () => socket.destroy());
  socket.on("data", (chunk: Buffer) => take(decoder.write(chunk)));
  if (head.length > 0) take(decoder.write(head));
}

function questionOf(line: string): Record<string, unknown> | undefined {
  try {
    const question: unknown = JSON.parse(line);
    return typeof question === "object" && question !== null && !Array.isArray(question)
      ? (question as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
