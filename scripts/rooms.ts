/**
 * Who may import whom under src/. The same table stands in docs/architecture.md; `.oxlintrc.json` and the tsconfig
 * references enforce it, and walls.test.ts plants a violation for every pair that is missing here.
 * Protocol is types for media and store ('types only' is kept by `verbatimModuleSyntax` and review).
 */
export const ROOMS = {
  base: [],
  models: ['base'],
  diffusion: ['base'],
  project: ['base'],
  protocol: ['base', 'models', 'diffusion', 'project'],
  gpu: ['base'],
  media: ['base', 'protocol'],
  store: ['base', 'protocol'],
  render: ['base', 'project', 'gpu', 'media', 'store', 'protocol'],
  engine: ['base', 'models', 'diffusion', 'gpu', 'media', 'store', 'render', 'protocol', 'project'],
  workers: ['base', 'protocol', 'engine', 'render', 'media', 'store'],
  app: ['base', 'project', 'protocol'],
  ui: ['base', 'project', 'app', 'protocol'],
} as const satisfies Record<string, readonly string[]>;

export type Room = keyof typeof ROOMS;

export const ROOM_NAMES = Object.keys(ROOMS) as Room[];

export function mayImport(from: Room, to: Room): boolean {
  return from === to || (ROOMS[from] as readonly string[]).includes(to);
}

/** Packages that one room alone may import. */
export const OWNED_PACKAGES: Record<string, readonly Room[]> = {
  'onnxruntime-web': ['engine'],
  mediabunny: ['media'],
  '@ffmpeg/ffmpeg': ['media'],
  react: ['ui'],
  'react-dom': ['ui'],
  'react-aria-components': ['ui'],
  'lucide-react': ['ui'],
  '@zip.js/zip.js': ['store'],
  comlink: ['workers', 'app', 'protocol'],
  zustand: ['app', 'ui'],
  // Tests and benchmarks only: it must never be in the app.
  '@techstark/opencv-js': [],
};
