import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseProject, serialiseProject } from './serialise.ts';
import { arbitraryProject } from './testing/arbitraries.ts';

describe('project file', () => {
  it('is read back as it was written', () => {
    fc.assert(
      fc.property(arbitraryProject, (project) => {
        const text = serialiseProject(project);
        expect(parseProject(text)).toEqual(project);
        expect(serialiseProject(parseProject(text))).toBe(text);
      }),
      { seed: 12, numRuns: 150 },
    );
  });

  it('is refused when it is anything else', () => {
    const cases = ['', 'null', '[]', '{}', '{"version":1}', '{"version":"1"}', '{"version":0.5}'];
    for (const text of cases) {
      expect(() => parseProject(text)).toThrow(
        expect.objectContaining({ code: 'project/invalid' }),
      );
    }
  });

  it('says so when it comes from a newer version', () => {
    expect(() => parseProject('{"version":3}')).toThrow(/newer Deltacut \(format 3/);
  });

  it('is refused after any one value is replaced by one of another kind', () => {
    fc.assert(
      fc.property(arbitraryProject, fc.nat(), (project, pick) => {
        const document = JSON.parse(serialiseProject(project)) as object;
        const places = leaves(document);
        const { holder, key } = places[pick % places.length] ?? { holder: document, key: 'id' };
        (holder as Record<string, unknown>)[key] = { odd: true };
        expect(() => parseProject(JSON.stringify(document))).toThrow(
          expect.objectContaining({ code: 'project/invalid' }),
        );
      }),
      { seed: 12 },
    );
  });
});

function leaves(value: object): { holder: object; key: string }[] {
  return Object.entries(value).flatMap(([key, child]: [string, unknown]) =>
    typeof child === 'object' && child !== null ? leaves(child) : [{ holder: value, key }],
  );
}
