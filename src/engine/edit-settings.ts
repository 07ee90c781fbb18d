import { AppError } from '../base/error.ts';
import type { AttentionMode, Edit } from '../project/document.ts';

const MODES: readonly AttentionMode[] = [
  'swap',
  'own+anchors',
  'first',
  'previous+first',
  'independent',
];

/** What settings may be. Sizes are in pixels, as in `size S`: an area of S x S. */
export const SETTING_LIMITS = {
  steps: { from: 1, to: 100 },
  size: { from: 64, to: 1024 },
  anchors: { from: 1, to: 16 },
  seed: { from: 0, to: Number.MAX_SAFE_INTEGER },
} as const;

/** Throws `prompt/empty` or `edit/bad-setting`, which says what is allowed. */
export function checkEdit(edit: Edit): void {
  if (edit.prompt.trim() === '') {
    throw new AppError('prompt/empty');
  }
  const { settings } = edit;
  for (const [name, { from, to }] of Object.entries(SETTING_LIMITS)) {
    const value = settings[name as keyof typeof SETTING_LIMITS];
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
  if (!MODES.includes(settings.mode)) {
    throw new AppError(
      'edit/bad-setting',
      `The mode must be one of ${MODES.join(', ')}, not ${String(settings.mode)}.`,
    );
  }
}
