/** A browser feature the page can't do without, and what to do where it is missing. */
export type MissingFeature = {
  readonly name: string;
  readonly why: string;
  readonly remedy: string;
};

/** What is looked at; tests pass their own. */
export type SupportProbe = {
  readonly crossOriginIsolated: boolean;
  readonly secureContext: boolean;
  readonly webCodecs: boolean;
  readonly privateFiles: boolean;
  readonly offscreenCanvas: boolean;
  readonly webAssembly: boolean;
};

export function probeBrowser(): SupportProbe {
  return {
    crossOriginIsolated: globalThis.crossOriginIsolated,
    secureContext: globalThis.isSecureContext,
    webCodecs: 'VideoDecoder' in globalThis && 'VideoEncoder' in globalThis,
    privateFiles: typeof navigator.storage?.getDirectory === 'function',
    offscreenCanvas:
      'OffscreenCanvas' in globalThis &&
      'transferControlToOffscreen' in HTMLCanvasElement.prototype,
    webAssembly: 'WebAssembly' in globalThis,
  };
}

const UPDATE =
  'Use a current version of Chrome, Edge, Opera or another Chromium browser on a computer.';

/** The features that are missing, the one that explains the others first; empty when all is well. */
export function missingFeatures(probe: SupportProbe): readonly MissingFeature[] {
  const missing: MissingFeature[] = [];
  if (!probe.secureContext) {
    missing.push({
      name: 'A secure address',
      why: 'Browsers hand out video decoding and private storage only on https:// or localhost.',
      remedy: 'Open this page over https, or from localhost with npm start.',
    });
  } else if (!probe.crossOriginIsolated) {
    missing.push({
      name: 'Cross-origin isolation',
      why: 'The model runs on several threads, which needs two response headers from the server.',
      remedy:
        'Serve the page with Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp; npm start does.',
    });
  }
  if (!probe.webCodecs) {
    missing.push({
      name: 'WebCodecs',
      why: 'Frames are decoded and encoded by the browser itself.',
      remedy: UPDATE,
    });
  }
  if (!probe.privateFiles) {
    missing.push({
      name: 'Private file storage (OPFS)',
      why: 'Edited frames are kept on disk, not in memory.',
      remedy: `${UPDATE} Private windows of some browsers turn it off.`,
    });
  }
  if (!probe.offscreenCanvas) {
    missing.push({
      name: 'OffscreenCanvas',
      why: 'The picture is drawn by a worker, so that the page never stalls.',
      remedy: UPDATE,
    });
  }
  if (!probe.webAssembly) {
    missing.push({
      name: 'WebAssembly',
      why: 'The model runs in it where there is no GPU.',
      remedy: `${UPDATE} Some strict security modes turn it off.`,
    });
  }
  return missing;
}
