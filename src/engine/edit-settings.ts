import { AppError } from '../base/error.ts';
import type { Edit, EditSettings } from '../project/document.ts';
import {
  ATTENTION_MODES,
  GUIDANCE_LIMITS,
  RAMP_LENGTH,
  SETTING_LIMITS,
} from '../project/limits.ts';

/** Settings that are whole numbers; strength has a sentence of its own. */
const WHOLE_NUMBERS = ['steps', 'size', 'anchors', 'seed'] as const;
const SCALES = ['text', 'image', 'rescale'] as const;
const SOURCES: readonly unknown[] = ['renoise', 'invert'];
const RAMPS: readonly unknown[] = ['time', 'space', 'none'];

/** Throws `prompt/empty` or `edit/bad-setting`, which says what is allowed. */
export function checkEdit(edit: Edit): void {
  if (edit.prompt.trim() === '') {
    throw new AppError('prompt/empty');
  }
  const { settings } = edit;
  for (const name of WHOLE_NUMBERS) {
    const [from, to] = SETTING_LIMITS[name];
    const value = settings[name];
    if (!Number.isInteger(value) || value < from || value > to) {
      throw new AppError(
        'edit/bad-setting',
        `The ${name} must be a whole number from ${from} to ${to}, not ${value}.`,
      );
    }
  }
  if (!(settings.strength > 0 && settings.strength <= 1)) {
    throw new AppError(
      'edit/bad-setting',
      `The strength must be above 0 and at most 1, not ${settings.strength}.`,
    );
  }
  if (!ATTENTION_MODES.includes(settings.mode)) {
    throw new AppError(
      'edit/bad-setting',
      `The mode must be one of ${ATTENTION_MODES.join(', ')}, not ${String(settings.mode)}.`,
    );
  }
  const { swapSteps = 1 } = settings;
  const [fewest, most] = SETTING_LIMITS.steps;
  if (!(Number.isInteger(swapSteps) && swapSteps >= fewest && swapSteps <= most)) {
    throw new AppError(
      'edit/bad-setting',
      `The first steps that read the anchors (swapSteps) must be a whole number from ${fewest} to ${most}, not ${swapSteps}.`,
    );
  }
  checkGuidance(settings);
  checkMerge(settings);
}

function checkGuidance({ guidance = {} }: EditSettings): void {
  for (const name of SCALES) {
    const [from, to] = GUIDANCE_LIMITS[name];
    const value = guidance[name] ?? from;
    if (!(value >= from && value <= to)) {
      throw new AppError(
        'edit/bad-setting',
        `The guidance scale “${name}” must be from ${from} to ${to}, not ${value}.`,
      );
    }
  }
}

function checkMerge({ merge = {} }: EditSettings): void {
  const { source = 'renoise', ramp = 'time', rampLength } = merge;
  if (!SOURCES.includes(source) || !RAMPS.includes(ramp)) {
    throw new AppError(
      'edit/bad-setting',
      `What lies outside the mask (merge.source) must be one of ${SOURCES.join(', ')}, its ramp (merge.ramp) one of ${RAMPS.join(', ')}.`,
    );
  }
  const [from, to] = RAMP_LENGTH;
  if (
    rampLength !== undefined &&
    !(Number.isInteger(rampLength) && rampLength >= from && rampLength <= to)
  ) {
    throw new AppError(
      'edit/bad-setting',
      `The length of the mask’s ramp (merge.rampLength) must be a whole number from ${from} to ${to}, not ${rampLength}.`,
    );
  }
}
