/**
 * Sent with every response: cross-origin isolation gives WASM its threads, and the policy lets nothing load from or
 * send to another origin.
 */
export const SECURITY_HEADERS: Record<string, string> = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};
