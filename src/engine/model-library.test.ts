import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PackageStore, StoredPackage } from '../store/package-store.ts';
import { packageId, readLibrary } from './model-library.ts';
import { readsOf } from '../protocol/model-reads.ts';
import { exampleManifest } from './testing/memory-source.ts';

const NONE: ReadonlySet<string> = new Set();

describe('the id of an imported package', () => {
  it.each([
    ['Stable Diffusion v1.5', 'stable-diffusion-v1-5-q8'],
    ['starter', 'starter-q8'],
    ['../../etc', 'etc-q8'],
    ['Ünïcode', 'u-ni-code-q8'],
    ['模型', 'model-q8'],
  ])('of the folder “%s” is %s', (name, id) => {
    expect(packageId(name, 'q8', NONE)).toBe(id);
  });

  it('takes the first free number', () => {
    expect(packageId('sd', 'f16', new Set(['sd-f16', 'sd-f16-2']))).toBe('sd-f16-3');
  });

  it('always is one that the manifest takes', () => {
    fc.assert(
      fc.property(fc.uint16Array({ maxLength: 80 }), (units) => {
        const name = String.fromCharCode(...units);
        expect(packageId(name, 'q4', NONE)).toMatch(/^[a-z0-9][a-z0-9._-]*$/);
      }),
    );
  });
});

describe('the library', () => {
  it('lists packages as their manifests describe them, damaged ones with their problem', async () => {
    const encode = (text: string) => new TextEncoder().encode(text);
    const packages: StoredPackage[] = [
      { id: 'a-q8', manifest: encode(JSON.stringify(exampleManifest())), bytes: 5 },
      { id: 'b-q8', manifest: encode('{"format":2}'), bytes: 6 },
      { id: 'c-q8', manifest: encode('{'), bytes: 7 },
    ];
    const store = {
      packages: () => Promise.resolve(packages),
      unfinished: () => Promise.resolve([{ id: 'd-q4', label: 'D', files: 2, bytes: 8 }]),
    } as Partial<PackageStore> as PackageStore;
    const { models, unfinished } = await readLibrary(store);
    expect(models[0]).toEqual({
      id: 'a-q8',
      title: 'Example',
      licence: 'MIT',
      quantisation: 'q8',
      defaultSize: 256,
      steps: 4,
      readsPrompts: false,
      reads: readsOf(exampleManifest()),
      bytes: 5,
      problem: null,
    });
    expect(models.map(({ id, bytes }) => [id, bytes])).toEqual([
      ['a-q8', 5],
      ['b-q8', 6],
      ['c-q8', 7],
    ]);
    expect(models[1]?.problem).toContain('format is 2');
    expect(models[2]?.problem).toMatch(/can’t be read/);
    expect(unfinished).toEqual([{ id: 'd-q4', name: 'D', files: 2, bytes: 8 }]);
  });
});
