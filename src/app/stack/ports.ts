import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/**
 * A TCP port of 127.0.0.1 that nobody listens on. A connection to it is closed from the server's side first: that end
 * stays in TIME-WAIT for a minute on Linux, in which the system gives the port to nobody who asks for any port, while a
 * server that asks for this one gets it. A program that asks for it by number may still be faster: be ready to try
 * again. Rejects when no port is free.
 */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const { port } = server.address() as AddressInfo;
    const accepted = once(server, "connection") as Promise<[Socket]>;
    const client = connect(port, "127.0.0.1");
    const [[served]] = await Promise.all([accepted, once(client, "connect")]);
    const clientClosed = once(client.resume(), "close");
    served.end();
    await Promise.all([clientClosed, once(served.resume(), "close")]);
    return port;
  } finally {
    server.close();
  }
}
