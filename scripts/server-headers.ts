/**
 * Sent with every response: cross-origin isolation, which gives WASM its threads. It refuses files of other origins
 * that don't offer themselves; it is no policy on where the page may send to.
 */
export const SECURITY_HEADERS: Record<string, string> = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};
