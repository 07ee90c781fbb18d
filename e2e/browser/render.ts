import { openClip } from '../../src/media/open-clip.ts';
import type { Edit, MaskTrack, Project } from '../../src/project/document.ts';
import { CLIP_END } from '../../src/project/sequence.ts';
import type { EditResult } from '../../src/protocol/engine.ts';
import type { Frame, Picture } from '../../src/protocol/media.ts';
import { createRenderer, type Rendered, type Renderer } from '../../src/render/renderer.ts';
import { PictureScaler } from '../../src/render/preview/painter.ts';
import { openPreviewGpu, PreviewRenderer } from '../../src/render/preview/preview-renderer.ts';
import { openPictureStore, type PictureStore } from '../../src/store/picture-store.ts';
import { makeClip } from './make-clip.ts';

export const PLAN = { width: 480, height: 270, frames: 30, frameRate: 30 };
const MODEL = { width: 160, height: 96 };
/** Gains of red, green and blue. */
const NIGHT = [0.25, 0.3, 0.5];
const RECIPE = 'night';
const BASE = 'decoded';
const CLIP = { id: 'clip', name: 'scene.mp4', bytes: 1, fingerprint: '0'.repeat(64) };
export const RESULTS: readonly EditResult[] = [
  { editId: 'edit', recipe: RECIPE, base: BASE, anchors: [] },
];

const EDIT: Edit = {
  id: 'edit',
  clipId: 'clip',
  enabled: true,
  span: { from: 0, to: 500_000 },
  prompt: 'make it night',
  promptKind: 'delta',
  negative: '',
  settings: {
    model: 'starter',
    seed: 1,
    steps: 4,
    strength: 1,
    size: 128,
    anchors: 4,
    mode: 'swap',
  },
  amount: [{ time: 0, value: 1 }],
  mask: null,
};

/** The middle of the picture, softly; moves right over the first half second. */
const INNER: MaskTrack = {
  feather: 0.1,
  grow: 0,
  invert: false,
  layers: [
    {
      id: 'inner',
      combine: 'add',
      shape: 'ellipse',
      keyframes: [0.1, 0.5].map((x, i) => {
        const box = { x, y: 0.2, width: 0.4, height: 0.6, rotation: 0 };
        return { time: i * 500_000, easing: 'linear', ...box };
      }),
    },
  ],
};

export function projectWith(change: Partial<Edit>, fingerprint = CLIP.fingerprint): Project {
  return {
    version: 2,
    id: 'p',
    name: 'Test',
    clips: [{ ...CLIP, fingerprint }],
    pieces: [{ id: CLIP.id, clipId: CLIP.id, from: 0, to: CLIP_END }],
    edits: [{ ...EDIT, ...change }],
  };
}

/** Stands in for a model: what its decoder makes of the source, and a night of it. */
export async function storeEdit(
  store: PictureStore,
  frame: Frame,
  scaler: PictureScaler,
): Promise<void> {
  const base = scaler.scale(frame.picture, MODEL);
  const data = base.data.map((value, at) => (at % 4 === 3 ? 255 : value * (NIGHT[at % 4] ?? 0)));
  await store.put(BASE, frame.index, base);
  await store.put(RECIPE, frame.index, { ...base, data });
}

type Scene = {
  readonly frames: ReadonlyMap<number, Frame>;
  readonly pictures: PictureStore;
  readonly renderer: Renderer;
};

/** Frame 10 has its edit, 12 has none though the span covers it, 20 is outside the span. */
async function openScene(): Promise<Scene> {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle(`test-${crypto.randomUUID()}`, { create: true });
  const pictures = await openPictureStore(folder);
  const clip = await openClip(await makeClip(PLAN));
  const frames = new Map<number, Frame>();
  for (const index of [10, 12, 20]) {
    frames.set(index, await clip.frame(index));
  }
  clip.dispose();
  await storeEdit(pictures, frameOf(frames, 10), new PictureScaler());
  return { frames, pictures, renderer: createRenderer({ pictures, gpu: null }) };
}

function frameOf(frames: ReadonlyMap<number, Frame>, index: number): Frame {
  const frame = frames.get(index);
  if (frame === undefined) {
    throw new Error(`frame ${index} was not decoded`);
  }
  return frame;
}

function luma({ data }: Picture, isCounted: (pixel: number) => boolean = () => true): number {
  let sum = 0;
  let count = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (isCounted(at / 4)) {
      sum += 0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0);
      count++;
    }
  }
  return sum / count;
}

/** Mean and largest difference over the pixels that count. */
function difference(
  a: Picture,
  b: Picture,
  isCounted: (pixel: number) => boolean = () => true,
): { mean: number; most: number } {
  let sum = 0;
  let most = 0;
  let count = 0;
  for (let at = 0; at < a.data.length; at++) {
    if (isCounted(Math.floor(at / 4))) {
      const one = Math.abs((a.data[at] ?? 0) - (b.data[at] ?? 0));
      sum += one;
      most = Math.max(most, one);
      count++;
    }
  }
  return { mean: sum / count, most };
}

/** Inside or outside of `INNER` at a time, with a margin of some pixels for the rim. */
function sideOfMask(time: number, size: Picture, margin: number): (pixel: number) => boolean {
  const left = 0.1 + (0.4 * time) / 500_000;
  return (pixel) => {
    const x = ((pixel % size.width) + 0.5) / size.width;
    const y = (Math.floor(pixel / size.width) + 0.5) / size.height;
    const level = Math.hypot((x - left - 0.2) / 0.2, (y - 0.5) / 0.3);
    return margin > 0 ? level > 1 + margin : level < 1 + margin;
  };
}

export async function compositesEdits(): Promise<unknown> {
  const { frames, renderer } = await openScene();
  const source = frameOf(frames, 10);
  const render = (change: Partial<Edit>, frame = source): Promise<Rendered> =>
    renderer.render(projectWith(change), RESULTS, 'clip', frame);

  const whole = await render({});
  const masked = await render({ mask: INNER });
  const half = await render({ amount: [{ time: 0, value: 0.5 }] });
  const again = await render({ mask: INNER });
  const outside = sideOfMask(source.time, source.picture, 0.35);
  const inside = sideOfMask(source.time, source.picture, -0.35);
  const untouched = {
    off: await render({ enabled: false }),
    amount0: await render({ amount: [{ time: 0, value: 0 }] }),
    outsideSpan: await render({}, frameOf(frames, 20)),
    otherClip: await render({ clipId: 'other' }),
  };
  const missing = await render({}, frameOf(frames, 12));
  const noResult = await renderer.render(projectWith({}), [], 'clip', source);
  renderer.dispose();
  return {
    states: [whole.state, masked.state, half.state, missing.state, noResult.state],
    lumaShare: luma(whole.picture) / luma(source.picture),
    halfShare: luma(half.picture) / luma(source.picture),
    outside: difference(masked.picture, source.picture, outside),
    insideAsWhole: difference(masked.picture, whole.picture, inside),
    insideShare: luma(masked.picture, inside) / luma(source.picture, inside),
    repeat: difference(masked.picture, again.picture),
    missingIsSource: missing.picture === frameOf(frames, 12).picture,
    noResultIsSource: noResult.picture === source.picture,
    untouched: Object.entries(untouched).map(([name, one]) => [
      name,
      one.state,
      one.picture === (name === 'outsideSpan' ? frameOf(frames, 20) : source).picture,
    ]),
  };
}

/** An edit above one that is missing is still shown; both together say missing. */
export async function stacksEdits(): Promise<unknown> {
  const { frames, renderer } = await openScene();
  const source = frameOf(frames, 10);
  const project = projectWith({});
  const below = { ...EDIT, id: 'below' };
  const stacked = { ...project, edits: [below, ...project.edits] };
  const alone = await renderer.render(project, RESULTS, 'clip', source);
  const gap = await renderer.render(stacked, RESULTS, 'clip', source);
  const both = await renderer.render(
    stacked,
    [...RESULTS, { editId: 'below', recipe: RECIPE, base: BASE, anchors: [] }],
    'clip',
    source,
  );
  return {
    gap: [gap.state, difference(gap.picture, alone.picture).most],
    both: [both.state, luma(both.picture) < luma(alone.picture)],
  };
}

/** A frame reduced before compositing looks like the full one reduced after. */
export async function rendersReduced(width: number, height: number): Promise<unknown> {
  const { frames, renderer } = await openScene();
  const source = frameOf(frames, 10);
  const scaler = new PictureScaler();
  const project = projectWith({ mask: INNER });
  const full = await renderer.render(project, RESULTS, 'clip', source);
  const size = { width, height };
  const small = { ...source, picture: scaler.scale(source.picture, size) };
  const reduced = await renderer.render(project, RESULTS, 'clip', small);
  return {
    size: [reduced.picture.width, reduced.picture.height],
    difference: difference(reduced.picture, scaler.scale(full.picture, size)).mean,
  };
}

/** The same frames on the GPU (whatever adapter there is) and in typed arrays. */
export async function compositesOnGpu(): Promise<unknown> {
  const { frames, pictures, renderer } = await openScene();
  const source = frameOf(frames, 10);
  const gpu = await openPreviewGpu(() => true);
  if (gpu === null) {
    throw new Error('this browser has no WebGPU adapter');
  }
  const onGpu = createRenderer({ pictures, gpu });
  const below = { ...EDIT, id: 'below', mask: { ...INNER, invert: true } };
  const projects = {
    whole: projectWith({}),
    masked: projectWith({ mask: INNER, amount: [{ time: 0, value: 0.7 }] }),
    stacked: { ...projectWith({ mask: INNER }), edits: [below, { ...EDIT, mask: INNER }] },
  };
  const results = [...RESULTS, { editId: 'below', recipe: RECIPE, base: BASE, anchors: [] }];
  const differences: Record<string, unknown> = {};
  for (const [name, project] of Object.entries(projects)) {
    const [a, b] = [
      await onGpu.render(project, results, 'clip', source),
      await renderer.render(project, results, 'clip', source),
    ];
    differences[name] = { states: [a.state, b.state], ...difference(a.picture, b.picture) };
  }
  const masked = await onGpu.render(projects.masked, results, 'clip', source);
  const again = await onGpu.render(projects.masked, results, 'clip', source);
  const missing = await onGpu.render(projects.whole, results, 'clip', frameOf(frames, 12));
  onGpu.dispose();
  const { live } = gpu.bytes;
  gpu.dispose();
  return {
    differences,
    outside: difference(
      masked.picture,
      source.picture,
      sideOfMask(source.time, source.picture, 0.35),
    ),
    repeat: difference(masked.picture, again.picture),
    missing: [missing.state, missing.picture === frameOf(frames, 12).picture],
    live,
  };
}

/** A viewer whose GPU goes away between two frames. */
export async function outlivesItsGpu(): Promise<unknown> {
  const { frames, pictures, renderer } = await openScene();
  const source = frameOf(frames, 10);
  const gpu = await openPreviewGpu(() => true);
  const viewer = new PreviewRenderer(pictures, gpu);
  const project = projectWith({ mask: INNER });
  const before = await viewer.render(project, RESULTS, 'clip', source);
  gpu?.device.destroy();
  await gpu?.lost;
  const after = await viewer.render(project, RESULTS, 'clip', source);
  const expected = await renderer.render(project, RESULTS, 'clip', source);
  viewer.dispose();
  return {
    hadGpu: gpu !== null,
    states: [before.state, after.state],
    after: difference(after.picture, expected.picture),
  };
}

/** Pictures to look at: source, whole edit, masked edit, as PNG in base64. */
export async function drawScene(): Promise<Record<string, string>> {
  const { frames, renderer } = await openScene();
  const source = frameOf(frames, 10);
  const pictures: Record<string, Picture> = { source: source.picture };
  for (const [name, mask] of [
    ['whole', null],
    ['masked', INNER],
  ] as const) {
    const rendered = await renderer.render(projectWith({ mask }), RESULTS, 'clip', source);
    pictures[name] = rendered.picture;
  }
  const out: Record<string, string> = {};
  for (const [name, picture] of Object.entries(pictures)) {
    out[name] = await toPng(picture);
  }
  return out;
}

async function toPng({ width, height, data }: Picture): Promise<string> {
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d')?.putImageData(new ImageData(data, width, height), 0, 0);
  const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
