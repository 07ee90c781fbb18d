/** Which settings of an edit a package makes use of, and its own values for them; null where nothing reads one. */
export type ModelReads = {
  /** How far the prediction follows the prompt. */
  readonly text: number | null;
  /** How far it follows the source picture. */
  readonly image: number | null;
  /** Whether it reads what to avoid. */
  readonly negative: boolean;
  /** Whether a source can be inverted with it. */
  readonly inverts: boolean;
  /** How its masked edits meet what is around them, where the edit does not say. */
  readonly ramp: 'time' | 'none';
};

/**
 * The edit's share grows over the steps (VIA's progressive boundary integration), except with packages that read the mask:
 * they were trained to keep what is around it, and half a source in the latents makes them edit by half.
 */
export function standardRamp(conditioning: unknown): ModelReads['ramp'] {
  return conditioning === 'edit' ? 'none' : 'time';
}

/** Reads them off a manifest. Tolerant on purpose: what can't be told is not offered. */
export function readsOf(manifest: unknown): ModelReads {
  const record = toRecord(manifest);
  const guidance = toRecord(record['guidance']);
  const branches = Array.isArray(record['branches']) ? record['branches'].map(toRecord) : [];
  const isGuided = branches.length > 1;
  const isEmbedded = typeof toRecord(record['timeEmbedding'])['condChannels'] === 'number';
  const images = new Set(branches.map((branch) => branch['image']));
  return {
    text: isGuided || isEmbedded ? toNumber(guidance['text']) : null,
    image: isGuided && images.size > 1 ? (toNumber(guidance['image']) ?? 1) : null,
    negative: branches.some((branch) => branch['text'] === 'negative'),
    inverts: record['prediction'] === 'epsilon' || record['prediction'] === 'v',
    ramp: standardRamp(record['conditioning']),
  };
}

function toRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function toNumber(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
