import type { GridInstruction } from "../../domain/inputs/gridInstruction.ts";
import type { InstructionName } from "../../domain/inputs/instructionKey.ts";
import { aboutOf, type InstructionWord, type TakenInstruction } from "../../domain/inputs/instructionWord.ts";
import { knownUnderName, standingInstructions, type TakenWord } from "../../domain/inputs/takenInstruction.ts";
import { refusedWord, type WordRefusal, type WordVerdict } from "../../domain/inputs/wordVerdict.ts";
import type { Instant } from "../../domain/units/instant.ts";
import type {
  Door,
  DoorMessage,
  DoorOutcome,
  InstructionLedger,
  KnownBefore,
  Said,
  UntoldWord,
} from "../../ports/instructionLedger.ts";
import { awardsKept, sitesUntold } from "./awardLedger.ts";
import { stopKept, stopOf } from "./doorStops.ts";
import { instantOf, type Pool, type PoolClient, query, transaction } from "./pool.ts";
import { stopsInForce } from "./safetyStops.ts";
import type { SiteId } from "../../domain/units/ids.ts";

/** Words that one instruction may have: a sender that goes on and on is looked at by a person. */
const WORDS_MAX = 500;

interface MessageRow {
  message_no: string;
  content_hash: string;
  verdict: "accepted" | "repeated" | "refused";
  refusal: Omit<WordRefusal, "kind"> | null;
  note: string | null;
}

interface WordRow {
  word: InstructionWord;
  sender: string;
  received_at: Date;
}

/** Messages of the doors in PostgreSQL; sites are taken one message at a time. */
export function postgresInstructionLedger(pool: Pool): InstructionLedger {
  return {
    take: (message, said, judge) => transaction(pool, (on) => taken(on, message, said, judge)),

    async turnedAway({ door, named, why, contentHash, receivedAt }) {
      await query(
        pool,
        `INSERT INTO door_stranger AS s (door, hour, named, why, times, content_hash, newest_at)
          VALUES ($1, date_trunc('hour', $2::timestamptz), $3, $4, 1, $5, $2)
          ON CONFLICT (door, hour, named, why) DO UPDATE SET times = s.times + 1,
            content_hash = EXCLUDED.content_hash, newest_at = EXCLUDED.newest_at`,
        [door, receivedAt, named, why, contentHash],
      );
    },

    async untold(wordsMaxPerSite) {
      const rows = await query<{
        word_no: string;
        word: InstructionWord;
        door: Door;
        content_hash: string;
        received_at: Date;
      }>(
        pool,
        `SELECT word_no, word, door, content_hash, received_at
          FROM (SELECT w.word_no, w.word, m.door, m.content_hash, m.received_at,
                       row_number() OVER (PARTITION BY w.site_id ORDER BY w.word_no) AS place
                  FROM instruction_word w JOIN door_message m USING (message_no)
                  WHERE w.kind <> 'acknowledge'
                    AND NOT EXISTS (SELECT FROM instruction_told t WHERE t.word_no = w.word_no)
                    AND NOT EXISTS (SELECT FROM instruction_ended e WHERE e.word_no = w.word_no)) untold
          WHERE place <= $1 ORDER BY word_no`,
        [wordsMaxPerSite],
      );
      return rows.map(({ word_no, word, door, content_hash, received_at }): UntoldWord => ({
        wordNo: word_no,
        word,
        door,
        contentHash: content_hash,
        receivedAt: instantOf(received_at),
      }));
    },

    async told(wordNo) {
      await query(pool, `INSERT INTO instruction_told (word_no) VALUES ($1) ON CONFLICT DO NOTHING`, [wordNo]);
    },

    async endOfRetired(siteId) {
      const rows = await query<{ word_no: string; why: string }>(
        pool,
        `INSERT INTO instruction_ended (word_no, why)
          SELECT w.word_no, 'site ' || w.site_id || ' is out of service for good, by ' || r.actor || ': ' || r.reason
            FROM instruction_word w
            JOIN (SELECT site_id, actor, reason FROM site_change WHERE kind = 'retired' AND site_id = $1
                   ORDER BY change_no LIMIT 1) r USING (site_id)
            WHERE w.kind <> 'acknowledge'
              AND NOT EXISTS (SELECT FROM instruction_told t WHERE t.word_no = w.word_no)
          ON CONFLICT DO NOTHING RETURNING word_no, why`,
        [siteId],
      );
      return rows.map(({ word_no: wordNo, why }) => ({ wordNo, why }));
    },
  };
}

async function taken(
  on: PoolClient,
  came: DoorMessage,
  said: Said,
  judge: (before: KnownBefore) => WordVerdict,
): Promise<DoorOutcome> {
  const word = said.kind === "word" ? said.word : undefined;
  await query(on, `SELECT pg_advisory_xact_lock(hashtextextended('ballast.door', 0))`);
  const first = await messageOf(on, came);
  if (first !== undefined && first.content_hash === came.contentHash) return seenBefore(on, first, word);
  const message = first === undefined ? came : underOtherMark(came);
  const known = first === undefined ? undefined : await messageOf(on, message);
  if (known !== undefined) return seenBefore(on, known, word);
  const verdict = first === undefined ? await judged(on, came, said, judge) : usedNonce(came);
  const messageNo = await kept(on, message, said, verdict);
  const isTaken = verdict.kind === "accepted";
  const wordNo = isTaken && word !== undefined ? await wordKept(on, messageNo, word) : undefined;
  if (isTaken && said.kind === "safetyStop") await stopKept(on, messageNo, said.word, message);
  if (isTaken && said.kind === "awards") await awardsKept(on, messageNo, said.awards);
  const isForSite = wordNo !== undefined && word?.kind !== "acknowledge";
  return {
    messageNo,
    verdict,
    isSeenBefore: false,
    ...(isForSite ? { untoldWordNo: wordNo } : {}),
    ...(await outcome(on, messageNo, word)),
  };
}

async function judged(
  on: PoolClient,
  { receivedAt }: DoorMessage,
  said: Said,
  judge: (before: KnownBefore) => WordVerdict,
): Promise<WordVerdict> {
  if (said.kind === "refused") return said;
  if (said.kind === "safetyStop")
    return judge({ known: undefined, standing: [], stops: await stopsInForce(on, said.word.siteId) });
  if (said.kind !== "word") return judge({ known: undefined, standing: [], stops: [] });
  const { siteId } = said.word;
  return judge({
    known: await knownUnder(on, siteId, aboutOf(said.word)),
    standing: await standing(on, siteId, receivedAt),
    stops: [],
  });
}

function usedNonce({ sender }: DoorMessage): WordRefusal {
  return refusedWord("replayed", "", `${sender} has used its nonce for another message`, "a nonce of its own");
}

/** A message under a nonce that is used for another is kept too, under a mark that no sender can make. */
function underOtherMark(message: DoorMessage): DoorMessage {
  return { ...message, nonce: `${message.nonce} for ${message.contentHash}` };
}

async function outcome(
  on: PoolClient,
  messageNo: string,
  word: InstructionWord | undefined,
): Promise<Pick<DoorOutcome, "known" | "stop" | "untoldAwardsAt">> {
  const known = word === undefined ? undefined : await knownUnder(on, word.siteId, aboutOf(word));
  const stop = word === undefined ? await stopOf(on, messageNo) : undefined;
  const sites = word === undefined && stop === undefined ? await sitesUntold(on, messageNo) : [];
  return {
    ...(known === undefined ? {} : { known }),
    ...(stop === undefined ? {} : { stop }),
    ...(sites.length === 0 ? {} : { untoldAwardsAt: sites }),
  };
}

async function seenBefore(on: PoolClient, row: MessageRow, word: InstructionWord | undefined): Promise<DoorOutcome> {
  const { message_no, verdict, refusal, note } = row;
  const said: WordVerdict =
    verdict === "refused" && refusal !== null
      ? { kind: "refused", ...refusal }
      : { kind: verdict === "refused" ? "repeated" : verdict, ...(note === null ? {} : { note }) };
  const [untold] = await query<{ word_no: string }>(
    on,
    `SELECT word_no FROM instruction_word w WHERE message_no = $1 AND kind <> 'acknowledge'
      AND NOT EXISTS (SELECT FROM instruction_told t WHERE t.word_no = w.word_no)
      AND NOT EXISTS (SELECT FROM instruction_ended e WHERE e.word_no = w.word_no)`,
    [message_no],
  );
  return {
    messageNo: message_no,
    verdict: said,
    isSeenBefore: true,
    ...(untold === undefined ? {} : { untoldWordNo: untold.word_no }),
    ...(await outcome(on, message_no, word)),
  };
}

async function messageOf(on: PoolClient, { door, sender, nonce }: DoorMessage): Promise<MessageRow | undefined> {
  const [row] = await query<MessageRow>(
    on,
    `SELECT message_no, content_hash, verdict, refusal, note FROM door_message
      WHERE door = $1 AND sender = $2 AND nonce = $3`,
    [door, sender, nonce],
  );
  return row;
}

async function kept(on: PoolClient, message: DoorMessage, said: Said, verdict: WordVerdict): Promise<string> {
  const { door, sender, nonce, contentType, content, contentHash, proof, receivedAt } = message;
  const refusal = verdict.kind === "refused" ? { ...verdict, kind: undefined } : undefined;
  const siteId = siteOf(said);
  const [row] = await query<{ message_no: string }>(
    on,
    `INSERT INTO door_message (door, sender, nonce, content_type, content, content_hash, proof, received_at, site_id,
        verdict, refusal, note)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING message_no`,
    [
      door,
      sender,
      nonce,
      contentType,
      Buffer.from(content),
      contentHash,
      JSON.stringify(proof),
      receivedAt,
      siteId,
      verdict.kind,
      refusal === undefined ? undefined : JSON.stringify(refusal),
      verdict.kind === "refused" ? undefined : verdict.note,
    ],
  );
  return (row as { message_no: string }).message_no;
}

function siteOf(said: Said): SiteId | undefined {
  if (said.kind === "word" || said.kind === "safetyStop") return said.word.siteId;
  return said.kind === "awards" ? said.awards[0]?.siteId : undefined;
}

async function wordKept(on: PoolClient, messageNo: string, word: InstructionWord): Promise<string> {
  const [row] = await query<{ word_no: string }>(
    on,
    `INSERT INTO instruction_word (message_no, site_id, instruction_id, kind, word) VALUES ($1, $2, $3, $4, $5)
      RETURNING word_no`,
    [messageNo, word.siteId, aboutOf(word).instructionId, word.kind, JSON.stringify(word)],
  );
  return (row as { word_no: string }).word_no;
}

async function knownUnder(
  on: PoolClient,
  siteId: SiteId,
  name: InstructionName,
): Promise<TakenInstruction | undefined> {
  const rows = await query<WordRow>(
    on,
    `SELECT w.word, m.sender, m.received_at FROM instruction_word w JOIN door_message m USING (message_no)
      WHERE w.site_id = $1 AND w.instruction_id = $2 AND ($3::text IS NULL OR
        coalesce(w.word ->> 'issuer', w.word -> 'instruction' ->> 'issuer', $3) = $3)
      ORDER BY w.word_no DESC LIMIT ${WORDS_MAX}`,
    [siteId, name.instructionId, name.issuer ?? null],
  );
  return knownUnderName(rows.reverse().map(takenWord), name);
}

async function standing(on: PoolClient, siteId: SiteId, at: Instant): Promise<readonly GridInstruction[]> {
  const rows = await query<WordRow>(
    on,
    `SELECT w.word, m.sender, m.received_at FROM instruction_word w JOIN door_message m USING (message_no)
      WHERE w.site_id = $1 AND m.received_at > $2::timestamptz - interval '40 days'
      ORDER BY w.word_no`,
    [siteId, at],
  );
  return standingInstructions(rows.map(takenWord));
}

function takenWord({ word, sender, received_at }: WordRow): TakenWord {
  return { word, sender, at: instantOf(received_at) };
}
