import * as v from 'valibot';
import { AppError } from '../base/error.ts';
import type { Clip, Edit, MaskTrack, Project } from './document.ts';
import { isAscending, isUnique, ranged } from './checks.ts';
import { mask } from './mask-schema.ts';
import { ATTENTION_MODES, GUIDANCE_LIMITS, RAMP_LENGTH, SETTING_LIMITS } from './limits.ts';

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(100));
const time = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const span = v.pipe(
  v.strictObject({ from: time, to: time }),
  v.check(({ from, to }) => from < to, 'a span must end after it begins'),
);

const easing = v.picklist(['linear', 'hold', 'ease']);

const amount = v.pipe(
  v.array(v.strictObject({ time, value: ranged([0, 1]), easing: v.exactOptional(easing) })),
  v.minLength(1),
  v.check((keyframes) => isAscending(keyframes), 'keyframes must be in order of time'),
);

const guidance = v.strictObject({
  text: v.exactOptional(ranged(GUIDANCE_LIMITS.text)),
  image: v.exactOptional(ranged(GUIDANCE_LIMITS.image)),
  rescale: v.exactOptional(ranged(GUIDANCE_LIMITS.rescale)),
});

const merge = v.strictObject({
  source: v.exactOptional(v.picklist(['renoise', 'invert'])),
  ramp: v.exactOptional(v.picklist(['time', 'space', 'none'])),
  rampLength: v.exactOptional(wholeNumber(RAMP_LENGTH)),
});

const settings = v.strictObject({
  model: id,
  seed: wholeNumber(SETTING_LIMITS.seed),
  steps: wholeNumber(SETTING_LIMITS.steps),
  strength: v.pipe(ranged(SETTING_LIMITS.strength), v.gtValue(0)),
  size: wholeNumber(SETTING_LIMITS.size),
  anchors: wholeNumber(SETTING_LIMITS.anchors),
  anchorTimes: v.exactOptional(
    v.pipe(
      v.array(time),
      v.minLength(SETTING_LIMITS.anchors[0]),
      v.maxLength(SETTING_LIMITS.anchors[1]),
      v.check((times) => isRising(times), 'anchors must be in order of time'),
    ),
  ),
  mode: v.picklist(ATTENTION_MODES),
  swapSteps: v.exactOptional(wholeNumber(SETTING_LIMITS.steps)),
  scenes: v.exactOptional(v.boolean()),
  guidance: v.exactOptional(guidance),
  merge: v.exactOptional(merge),
});

const edit = v.strictObject({
  id,
  clipId: id,
  enabled: v.boolean(),
  span,
  prompt: v.pipe(v.string(), v.maxLength(10_000)),
  promptKind: v.picklist(['delta', 'caption']),
  negative: v.pipe(v.string(), v.maxLength(10_000)),
  settings,
  amount,
  mask: v.nullable(mask),
});

const clip = v.strictObject({
  id,
  name: v.pipe(v.string(), v.maxLength(1_000)),
  bytes: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  fingerprint: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
});

const piece = v.pipe(
  v.strictObject({ id, clipId: id, from: time, to: time }),
  v.check(({ from, to }) => from < to, 'a piece must end after it begins'),
);

/** Of edits that are looked at as a whole, or one by one. */
function projectOf<Checked extends v.GenericSchema<unknown, Edit>>(edits: Checked) {
  return v.pipe(
    v.strictObject({
      version: v.literal(2),
      id,
      name: v.pipe(v.string(), v.maxLength(1_000)),
      clips: v.array(clip),
      pieces: v.array(piece),
      edits: v.array(edits),
    }),
    v.check(({ clips }) => isUnique(clips), 'two clips have the same id'),
    v.check(({ pieces }) => isUnique(pieces), 'two pieces have the same id'),
    v.check(
      ({ clips, pieces }) => (clips.length === 0) === (pieces.length === 0),
      'a project with clips needs a piece',
    ),
    v.check(({ clips, pieces }) => {
      const known = new Set(clips.map((one) => one.id));
      return pieces.every((one) => known.has(one.clipId));
    }, 'a piece belongs to no clip'),
    v.check(({ edits }) => isUnique(edits), 'two edits have the same id'),
    v.check(({ clips, edits }) => {
      const known = new Set(clips.map((one) => one.id));
      return edits.every((one) => known.has(one.clipId));
    }, 'an edit belongs to no clip'),
  );
}

const project = projectOf(edit);

/** A value read from outside as a project of the current version, or `project/invalid`. */
export function checkProject(value: unknown): Project {
  const result = v.safeParse(project, value);
  if (!result.success) {
    throw new AppError('project/invalid', describe(result.issues[0]));
  }
  return result.output;
}

/** For documents that share what they hold: an edit is looked at once, and they go on sharing. Null for what is no project. */
export function sharedChecker(): (value: unknown) => Project | null {
  const sound = new Set<unknown>();
  const once = v.custom<Edit>(
    (value) => sound.has(value) || (v.is(edit, value) && sound.add(value).has(value)),
  );
  const shared = projectOf(once);
  return (value) => (v.is(shared, value) ? value : null);
}

/** The edit itself if the document may hold it, else `edit/bad-setting`. */
export function checkEdit(value: Edit): Edit {
  const result = v.safeParse(edit, value);
  if (!result.success) {
    throw new AppError('edit/bad-setting', describe(result.issues[0]));
  }
  return value;
}

/** The mask itself if an edit may have it, else `edit/bad-setting`. */
export function checkMask(value: MaskTrack): MaskTrack {
  const result = v.safeParse(mask, value);
  if (!result.success) {
    throw new AppError('edit/bad-setting', describe(result.issues[0]));
  }
  return value;
}

/** The clip itself if the document may hold it, else `project/invalid`. */
export function checkClip(value: Clip): Clip {
  const result = v.safeParse(clip, value);
  if (!result.success) {
    throw new AppError('project/invalid', describe(result.issues[0]));
  }
  return value;
}

function isRising(times: readonly number[]): boolean {
  return times.every((at, index) => at > (times[index - 1] ?? -1));
}

function wholeNumber(range: readonly [number, number]) {
  return v.pipe(ranged(range), v.integer());
}

function describe(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  return path === null ? issue.message : `${path}: ${issue.message}`;
}
