import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyProject } from './commands.ts';
import { NO_HISTORY } from './saved-history.ts';
import { parseSaved, serialiseSaved } from './saved.ts';
import { arbitraryProject } from './testing/arbitraries.ts';
import { exampleMask } from './testing/example-mask.ts';

const hash = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''));

const arbitrarySaved = fc.record({
  project: arbitraryProject,
  results: fc.array(
    fc.record({
      key: fc.string({ unit: 'binary' }),
      editId: fc.string(),
      recipe: hash,
      base: hash,
      anchors: fc.array(fc.nat()),
    }),
  ),
  attribution: fc.option(fc.string()),
  draft: fc.option(
    fc.record({
      prompt: fc.string(),
      mask: fc.option(fc.constant(exampleMask())),
      spans: fc.dictionary(fc.string(), fc.record({ from: fc.nat(), to: fc.nat() }), {
        noNullPrototype: true,
      }),
      seed: fc.nat(),
    }),
  ),
});

describe('a saved project', () => {
  it('is read back as it was written', () => {
    fc.assert(
      fc.property(arbitrarySaved, (saved) => {
        expect(parseSaved(serialiseSaved(saved))).toEqual({ ...saved, history: NO_HISTORY });
      }),
      { seed: 12, numRuns: 100 },
    );
  });

  it('is refused when it is anything else, with its code', () => {
    for (const text of ['', '{}', '{"format":1,"project":{},"results":[],"attribution":null}']) {
      expect(() => parseSaved(text)).toThrow(expect.objectContaining({ code: 'project/invalid' }));
    }
  });

  it('is opened without the edit that was about to be made where that can’t be read', () => {
    const [saved] = fc.sample(arbitrarySaved, { seed: 12, numRuns: 1 });
    const text = saved === undefined ? '' : serialiseSaved({ ...saved, draft: null });
    const damaged = `${text.slice(0, -1)},"draft":{"prompt":1}}`;
    expect(parseSaved(damaged)).toEqual(parseSaved(text));
    expect(parseSaved(damaged).draft).toBeNull();
  });

  it('stays valid as a copy, with another id and name', () => {
    fc.assert(
      fc.property(arbitrarySaved, (saved) => {
        const project = copyProject(saved.project, 'copy');
        expect(parseSaved(serialiseSaved({ ...saved, project })).project).toEqual({
          ...saved.project,
          id: 'copy',
          name: `${saved.project.name} copy`,
        });
      }),
      { seed: 12, numRuns: 30 },
    );
  });
});
