import { describe, expect, it } from 'vitest';
import { unknownEditWarning, type PromptReading, type UnknownEdit } from './prompt-reading.ts';

const REMOVE: UnknownEdit = { id: 'fg_remove', title: 'removing an object', needs: 'inpainting' };
const ADD: UnknownEdit = { id: 'fg_add', title: 'adding a hat', needs: 'inpainting' };
const WAVE: UnknownEdit = { id: 'wave', title: 'making it wave', needs: 'motion' };
const ODD: UnknownEdit = { id: 'odd', title: 'something odd', needs: null };

function reading(known: readonly string[], unknown: readonly UnknownEdit[] = []): PromptReading {
  const asked = [...known, ...unknown.map((edit) => edit.id)];
  return { model: 'The starter', asked, unknown, understood: asked.length > 0 };
}

const say = (read: PromptReading, prompt: string) => unknownEditWarning(read, prompt)?.message;

describe('unknownEditWarning', () => {
  it('has nothing to say where all of it is known', () => {
    expect(unknownEditWarning(reading(['night', 'snow']), 'snowy, at night')).toBeNull();
    expect(unknownEditWarning(reading(['identity']), 'leave it as it is')).toBeNull();
  });

  it('names the edit and the model that could make it', () => {
    expect(unknownEditWarning(reading([], [REMOVE]), ' remove  the car ')).toEqual({
      code: 'model/unknown-edit',
      message:
        'The starter does not know “remove the car” (removing an object). An inpainting model would; bring one in under Models.',
    });
  });

  it('names what is left out of a prompt that is known in part', () => {
    expect(say(reading(['night'], [WAVE]), 'at night with a waving flag')).toBe(
      'The starter knows a part of “at night with a waving flag” and leaves out making it wave. A model with motion modules could do that; bring one in under Models.',
    );
  });

  it('names each kind of model once', () => {
    expect(say(reading([], [REMOVE, ADD, WAVE]), 'x')).toBe(
      'The starter does not know “x” (removing an object, adding a hat and making it wave). An inpainting model and a model with motion modules would; bring them in under Models.',
    );
  });

  it('promises no model where none is named', () => {
    expect(say(reading([], [ODD]), 'x')).toBe(
      'The starter does not know “x” (something odd). What it does not know stays nearly as it is.',
    );
  });

  it('says so where it could make out nothing', () => {
    expect(say(reading([]), 'flarb the wug')).toBe(
      'The starter does not know “flarb the wug” and will leave the picture nearly as it is. If it is an edit, an instruction-editing model such as InstructPix2Pix may know it; bring one in under Models.',
    );
  });

  it('quotes the beginning of a long prompt, whole characters only', () => {
    const text = say(reading([], [REMOVE]), `${'🚗'.repeat(59)} and the rest`);
    expect(text).toContain(`“${'🚗'.repeat(59)} …”`);
    expect(text).not.toContain('rest');
  });
});
