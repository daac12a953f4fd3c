import { createServer } from "node:net";

/** A TCP port that is free on 127.0.0.1 now. Another program may take it before its user binds it: be ready to try again. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === "string") reject(new Error("the system named no port for 127.0.0.1:0"));
        else resolve(address.port);
      });
    });
  });
}
