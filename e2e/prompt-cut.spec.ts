import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DiffusionModel } from '../src/engine/model.ts';
import type { CpuRuntime } from '../src/engine/runtime/cpu-runtime.ts';
import { createNodeRuntime } from './support/node-runtime.ts';
import { loadTinyModel } from './support/tiny-model.ts';

const SHORT = '!';
const LONG = '! '.repeat(200);

let runtime: CpuRuntime;
let model: DiffusionModel;

beforeAll(async () => {
  runtime = createNodeRuntime();
  // Three branches, two of which read what to avoid.
  model = await loadTinyModel(runtime, 'ip2p');
});

afterAll(() => {
  model.dispose();
  runtime.dispose();
});

it.each([
  [SHORT, SHORT, []],
  [LONG, SHORT, ['prompt']],
  [SHORT, LONG, ['negative']],
  [LONG, LONG, ['prompt', 'negative']],
] as const)('says which text was too long, each once', async (prompt, negative, texts) => {
  const { cut } = await model.setPrompt({ prompt, negative });
  expect(cut.map(({ text }) => text)).toEqual(texts);
  expect(cut.every(({ end }) => /^[! ]+$/.test(end))).toBe(true);
});
