/**
 * Channel arguments of every connection of ours to a Temporal server: an answer may hold 128 MiB, as a worker's
 * connection takes. The library means to set the same under a name that its transport (`@grpc/grpc-js`) does not know,
 * so that 4 MiB would hold.
 */
export const CHANNEL_ARGS = { "grpc.max_receive_message_length": 128 * 1024 * 1024 } as const;
