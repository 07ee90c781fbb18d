/**
 * Cross-origin isolation, which gives WASM its threads; it also refuses files of other origins that don't offer
 * themselves. The development server sends no more than this: Vite puts inline scripts into its pages.
 */
export const ISOLATION_HEADERS: Record<string, string> = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/**
 * What the page and its workers load or fetch is of this origin or made by the page itself. WASM may be compiled, no
 * text is evaluated as a script; the component library adds a style element of its own.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "connect-src 'self' blob:",
].join('; ');

/** Sent with every response of the built app. */
export const SECURITY_HEADERS: Record<string, string> = {
  ...ISOLATION_HEADERS,
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
};
