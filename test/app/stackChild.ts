// A child with a habit, for the tests of the stack.
const [habit = "message"] = process.argv.slice(2);
process.stdout.write(`habit: ${habit}\n`);
setInterval(() => {}, 1000);

if (habit === "message") process.send?.({ type: "ready", port: 4711 });
if (habit === "chatter") {
  for (let n = 0; n < 20_000; n++) {
    process.stdout.write(`line ${n} ${"x".repeat(40)}\n`);
    if (n % 500 === 0) await new Promise((done) => setTimeout(done, 10));
  }
  await new Promise((done) => process.stdout.write("", done));
  process.exit(0);
}
if (habit === "line") process.stdout.write('READY {"port":4712}\n');
if (habit === "stubborn") {
  process.on("SIGTERM", () => {});
  process.send?.({ type: "ready" });
}
if (habit === "early") {
  process.stderr.write("no configuration for site PECOS\n");
  process.exit(3);
}
if (habit === "panics") {
  process.stderr.write("listen tcp 127.0.0.1:7233: bind: address already in use\n");
  process.stderr.write(
    `panic: nil pointer\n${"  at a function in the middle of things (server.go:181)\n".repeat(400)}`,
  );
  setTimeout(() => process.exit(2), 300);
}
if (habit === "later") {
  process.send?.({ type: "ready" });
  setTimeout(() => {
    process.stderr.write("out of memory on purpose\n");
    process.exit(7);
  }, 100);
}
