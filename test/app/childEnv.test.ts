import { expect, it } from "vitest";
import { childEnv } from "../../src/app/stack/childEnv.ts";

it("a worker inherits what it reads, and no secret of its launcher", () => {
  const launcher = {
    PATH: "/usr/bin",
    HOME: "/home/desk",
    LANG: "en_US.UTF-8",
    LC_ALL: "C",
    TZ: "America/Chicago",
    NODE_EXTRA_CA_CERTS: "/etc/ca.pem",
    https_proxy: "http://proxy:3128",
    BALLAST_LOG_LEVEL: "debug",
    TEMPORAL_NAMESPACE: "desk",
    AWS_SECRET_ACCESS_KEY: "s1",
    GITHUB_TOKEN: "s2",
    PGPASSWORD: "s3",
    LD_PRELOAD: "/tmp/x.so",
    BALLAST_DATABASE_URL: "postgres://owner:s4@db/ballast",
    BALLAST_SIGNING_KEY_FILE: "/secret/key.pem",
    BALLAST_KEY_FILE: "/secret/key",
  };
  expect(childEnv({ BALLAST_WORKER_SETTINGS: "worker.json", ABSENT: undefined }, launcher)).toEqual({
    PATH: "/usr/bin",
    HOME: "/home/desk",
    LANG: "en_US.UTF-8",
    LC_ALL: "C",
    TZ: "UTC",
    NODE_EXTRA_CA_CERTS: "/etc/ca.pem",
    https_proxy: "http://proxy:3128",
    BALLAST_LOG_LEVEL: "debug",
    TEMPORAL_NAMESPACE: "desk",
    BALLAST_WORKER_SETTINGS: "worker.json",
  });
});
