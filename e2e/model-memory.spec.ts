import { afterAll, beforeAll, expect, it } from 'vitest';
import { promptReaderFiles } from '../src/models/testing/prompt-reader.ts';
import { openHarness, type Harness } from './support/browser.ts';
import { storeTinyPackage, TINY } from './support/tiny-package.ts';
import type { ReplacedModel } from './browser/model-memory.ts';

/** Asked for by any prompt. */
const NIGHT = { id: 'night', title: 'night', known: true, weight: {}, bias: 8 };
const NOTHING = { id: 'identity', title: 'no change', known: true, weight: {}, bias: -8 };

let harness: Harness;

beforeAll(async () => {
  harness = await openHarness();
  await storeTinyPackage(harness, promptReaderFiles(16, [NOTHING, NIGHT]));
});

afterAll(async () => {
  await harness.close();
});

it('a model that is replaced gives its memory on the GPU back, though prompts were read', async () => {
  const { asked, loaded, afterReplacing, afterFailing } = await harness.call<ReplacedModel>(
    'e2e/browser/model-memory.ts',
    'replaceModel',
    TINY,
  );
  expect(asked).toEqual([['night'], ['night'], ['night']]);
  // 30,000 weights of 4 bytes, and what ONNX Runtime adds.
  expect(loaded).toBeGreaterThan(100_000);
  // A few results of the last runs are left to the collector.
  expect(afterReplacing).toBeLessThan(loaded / 50);
  expect(afterFailing).toBeLessThan(loaded / 50);
});
