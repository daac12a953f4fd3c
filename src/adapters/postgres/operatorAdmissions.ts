import type { OperatorKey, Role } from "../../domain/evidence/operatorAdmission.ts";
import type { OperatorAdmissions } from "../../ports/operatorAdmissions.ts";
import { type Pool, query, transaction } from "./pool.ts";

/** Used nonces, ids and keys in PostgreSQL. @throws Error, when used, where what was just kept cannot be read back */
export function postgresOperatorAdmissions(pool: Pool): OperatorAdmissions {
  return {
    claim: (siteId, key, { keyId, nonce, signedAt }, { id, digest }) =>
      transaction(pool, async (client) => {
        await query(
          client,
          `INSERT INTO operator_request (site_id, request_id, digest) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
          [siteId, id, digest],
        );
        const [kept] = await query<{ digest: string }>(
          client,
          `SELECT digest FROM operator_request WHERE site_id = $1 AND request_id = $2`,
          [siteId, id],
        );
        if (kept === undefined) throw new Error(`Request ${id} of site ${siteId} was kept and is not there.`);
        if (kept.digest !== digest) return "id-used";
        await query(
          client,
          `INSERT INTO operator_key (site_id, key_id, public_key_pem, actor, roles, vouches) VALUES ($1, $2, $3, $4, ` +
            `$5, $6) ON CONFLICT DO NOTHING`,
          [siteId, keyId, key.publicKeyPem, key.actor, [...key.roles], key.vouches === true],
        );
        await query(
          client,
          `INSERT INTO operator_nonce (site_id, key_id, nonce, request_id, signed_at) VALUES ($1, $2, $3, $4, $5) ` +
            `ON CONFLICT DO NOTHING`,
          [siteId, keyId, nonce, id, signedAt],
        );
        const [row] = await query<{ request_id: string }>(
          client,
          `SELECT request_id FROM operator_nonce WHERE site_id = $1 AND key_id = $2 AND nonce = $3`,
          [siteId, keyId, nonce],
        );
        if (row === undefined) throw new Error(`Nonce ${nonce} of site ${siteId} was kept and is not there.`);
        return row.request_id === id ? "claimed" : "nonce-used";
      }),

    async keysUsed(siteId) {
      const rows = await query<{
        key_id: string;
        public_key_pem: string;
        actor: string;
        roles: Role[];
        vouches: boolean;
      }>(
        pool,
        `SELECT key_id, public_key_pem, actor, roles, vouches FROM operator_key WHERE site_id = $1 ORDER BY key_id`,
        [siteId],
      );
      return rows.map(({ key_id, public_key_pem, actor, roles, vouches }): OperatorKey => ({
        keyId: key_id,
        publicKeyPem: public_key_pem,
        actor,
        roles,
        ...(vouches ? { vouches } : {}),
      }));
    },
  };
}
