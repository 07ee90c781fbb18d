/** A row of CLIP's shared space, of any length. */
export type Embedding = Float32Array;

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    sum += (a[i] ?? 0) * (b[i] ?? 0);
  }
  return sum;
}

function toUnit(embedding: Embedding): Float64Array {
  const length = Math.sqrt(dot(embedding, embedding)) || 1;
  return Float64Array.from(embedding, (value) => value / length);
}

/** 0 where one of them is 0: no direction. */
function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const lengths = Math.sqrt(dot(a, a) * dot(b, b));
  return lengths === 0 ? 0 : dot(a, b) / lengths;
}

function difference(to: Embedding, from: Embedding): Float64Array {
  const start = toUnit(from);
  return toUnit(to).map((value, i) => value - (start[i] ?? 0));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * CLIPFrame, -1…1: mean cosine over all ordered pairs of different frames (loveu-tgve-2023, OmniBench). Two frames at least.
 * By the sum of the unit rows: its square counts every pair, and each row with itself once.
 */
export function clipFrameScore(frames: readonly Embedding[]): number {
  const [first] = frames;
  const sum = new Float64Array(first?.length ?? 0);
  for (const frame of frames) {
    toUnit(frame).forEach((value, i) => (sum[i] = (sum[i] ?? 0) + value));
  }
  const count = frames.length;
  return (dot(sum, sum) - count) / (count * (count - 1));
}

/** Text alignment, -100…100: mean over the frames of 100 times the cosine with the edited caption (loveu-tgve-2023). */
export function clipTextScore(frames: readonly Embedding[], caption: Embedding): number {
  return mean(frames.map((frame) => 100 * cosine(frame, caption)));
}

/**
 * Direction, -1…1: mean over the frames of the cosine between the change of the picture and the change of the caption, both of
 * unit rows (InstructPix2Pix, CVPR 2023, metrics/clip_similarity). A frame without any change counts as 0.
 */
export function clipDirectionScore(
  frames: { readonly source: readonly Embedding[]; readonly edited: readonly Embedding[] },
  captions: { readonly source: Embedding; readonly edited: Embedding },
): number {
  const wanted = difference(captions.edited, captions.source);
  return mean(
    frames.edited.map((edited, i) => {
      const source = frames.source[i] ?? edited;
      return cosine(difference(edited, source), wanted);
    }),
  );
}
