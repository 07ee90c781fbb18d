import type { ErrorCode } from '../base/error-codes.ts';

/** The kinds of model that an edit may need. */
export type NeededModel = 'instruction' | 'inpainting' | 'motion';

/** An edit that a prompt asks for and the model was not trained to make. */
export type UnknownEdit = {
  readonly id: string;
  /** Stands inside a sentence: “removing an object”. */
  readonly title: string;
  /** What kind of model could; null where none is named. */
  readonly needs: NeededModel | null;
};

/** What a model's prompt reader makes of a prompt. */
export type PromptReading = {
  /** The model as a sentence begins with it: “The starter”. */
  readonly model: string;
  /** Ids of the edits that are asked for, the most certain first. */
  readonly asked: readonly string[];
  /** Those among them that the model can't make. */
  readonly unknown: readonly UnknownEdit[];
  /** False where it could make out nothing that is asked for. */
  readonly understood: boolean;
};

/** A sentence about something that is no failure, with a code that programs may depend on. */
export type Warning = { readonly code: ErrorCode; readonly message: string };

const MODELS: Readonly<Record<NeededModel, string>> = {
  instruction: 'an instruction-editing model such as InstructPix2Pix',
  inpainting: 'an inpainting model',
  motion: 'a model with motion modules',
};
/** Longer prompts are quoted by their beginning: the whole of them stands where they were typed. */
const LONGEST_QUOTE = 60;

/**
 * What to say before a long run whose prompt asks for something that the model can't make, and which model could; null
 * where it can make all of it. The run is worth starting all the same: the picture stays nearly as it is.
 */
export function unknownEditWarning(reading: PromptReading, prompt: string): Warning | null {
  const { model, asked, unknown, understood } = reading;
  const quoted = quote(prompt);
  const code = 'model/unknown-edit';
  if (!understood) {
    return {
      code,
      message: `${model} does not know ${quoted} and will leave the picture nearly as it is. If it is an edit, ${MODELS.instruction} may know it; bring one in under Models.`,
    };
  }
  if (unknown.length === 0) {
    return null;
  }
  const titles = joined(unknown.map((edit) => edit.title));
  const isPart = asked.length > unknown.length;
  const what = isPart
    ? `${model} knows a part of ${quoted} and leaves out ${titles}.`
    : `${model} does not know ${quoted} (${titles}).`;
  return { code, message: `${what} ${helpOf(unknown, isPart)}` };
}

function helpOf(unknown: readonly UnknownEdit[], isPart: boolean): string {
  const needs = [...new Set(unknown.flatMap(({ needs: need }) => (need === null ? [] : [need])))];
  if (needs.length === 0) {
    return 'What it does not know stays nearly as it is.';
  }
  const models = joined(needs.map((need) => MODELS[need]));
  const bring = needs.length === 1 ? 'bring one in' : 'bring them in';
  return `${capital(models)} ${isPart ? 'could do that' : 'would'}; ${bring} under Models.`;
}

function quote(prompt: string): string {
  const text = prompt.replace(/\s+/g, ' ').trim();
  const characters = Array.from(text);
  return characters.length <= LONGEST_QUOTE
    ? `“${text}”`
    : `“${characters.slice(0, LONGEST_QUOTE).join('').trimEnd()} …”`;
}

/** “a”, “a and b”, “a, b and c”. */
function joined(parts: readonly string[]): string {
  return parts.length < 2
    ? parts.join('')
    : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
