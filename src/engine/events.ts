/** Long enough that the hops cost nothing, short enough that a cancel feels immediate. */
const INTERVAL_MS = 30;

let last = 0;

/**
 * Lets the worker handle messages, such as a cancel, if it has not for a while: promises alone never give up the
 * thread, and a WASM session blocks it for a whole run. A message to ourselves, because timers are clamped to 4 ms.
 */
export async function yieldToEvents(): Promise<void> {
  if (performance.now() - last < INTERVAL_MS) {
    return;
  }
  await new Promise<void>((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener('message', () => {
      port1.close();
      resolve();
    });
    port1.start();
    port2.postMessage(null);
  });
  last = performance.now();
}
