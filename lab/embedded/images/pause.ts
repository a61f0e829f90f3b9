/** registry.k8s.io/pause: does nothing until it is told to end. */
const idle = setInterval(() => {}, 2 ** 30);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    process.stderr.write(`Shutting down, got signal: ${signal}\n`);
    clearInterval(idle);
  });
}
