// Loaded before a program of the project: ends it when the process that started it is gone, however that went.
import { Socket } from "node:net";

const fd = Number(process.env.BALLAST_LIFELINE);
delete process.env.BALLAST_LIFELINE; // the program's own children have other lifelines

if (Number.isInteger(fd) && fd > 2) {
  const lifeline = new Socket({ fd, readable: true, writable: false });
  lifeline.on("error", end);
  lifeline.on("close", end);
  lifeline.resume();
  lifeline.unref();
}

function end() {
  process.kill(process.pid, "SIGTERM");
  setTimeout(() => process.kill(process.pid, "SIGKILL"), 3000).unref();
}
