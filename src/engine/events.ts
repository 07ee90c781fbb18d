/**
 * Lets the worker handle messages, such as a cancel: promises alone never give up the thread, and a WASM session blocks
 * it for a whole run. A message to ourselves, because timers are clamped to 4 ms.
 */
export function yieldToEvents(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener('message', () => {
      port1.close();
      resolve();
    });
    port1.start();
    port2.postMessage(null);
  });
}
