import type { Manifest } from '../models/manifest.ts';
import type { PromptReading } from '../protocol/prompt-reading.ts';

/** The label of texts in which nothing could be made out; it is never something to ask for. */
const NONSENSE = 'nonsense';
/** The package that comes with the app is spoken of as what it is. */
const STARTER = 'starter';

/**
 * The reader's numbers (0 to 1, one per label of the package) as edits. Several may be asked for at once; nonsense counts
 * only where nothing else does.
 */
export function toPromptReading(
  manifest: Pick<Manifest, 'id' | 'title'>,
  reader: NonNullable<Manifest['promptReader']>,
  readings: ArrayLike<number>,
): PromptReading {
  const asked = reader.labels
    .map((label, index) => ({ label, certainty: readings[index] ?? 0 }))
    .filter(({ label, certainty }) => label.id !== NONSENSE && certainty >= reader.leastConfidence)
    .toSorted((a, b) => b.certainty - a.certainty)
    .map(({ label }) => label);
  return {
    model: modelName(manifest),
    asked: asked.map((label) => label.id),
    unknown: asked
      .filter((label) => !label.known)
      .map(({ id, title, needs }) => ({ id, title, needs: needs ?? null })),
    understood: asked.length > 0,
  };
}

/** What an empty prompt asks for: nothing, which every model knows. */
export function emptyReading(
  manifest: Pick<Manifest, 'id' | 'title'>,
  reader: NonNullable<Manifest['promptReader']>,
): PromptReading {
  return { model: modelName(manifest), asked: [reader.nothing], unknown: [], understood: true };
}

function modelName({ id, title }: Pick<Manifest, 'id' | 'title'>): string {
  return id === STARTER ? 'The starter' : title;
}
