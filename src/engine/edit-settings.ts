import { AppError } from '../base/error.ts';
import type { Edit } from '../project/document.ts';
import { ATTENTION_MODES, SETTING_LIMITS } from '../project/limits.ts';

/** Settings that are whole numbers; strength has a sentence of its own. */
const WHOLE_NUMBERS = ['steps', 'size', 'anchors', 'seed'] as const;

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
}
