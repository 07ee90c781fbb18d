import { readFile } from 'node:fs/promises';
import { sha256 } from '../../src/base/hash.ts';
import { createTokenizer } from '../../src/diffusion/tokenizer.ts';
import { parseManifest, type Manifest } from '../../src/models/manifest.ts';
import { parsePromptReaderConfig, planPromptReader } from '../../src/models/nets/prompt-reader.ts';
import { WeightCoder } from '../../src/models/quantise/weight-coder.ts';
import { openWeights } from '../../src/models/reading/weights.ts';
import { promptReaderFiles } from '../../src/models/testing/prompt-reader.ts';
import { OracleGraph } from '../../src/models/testing/run-graph.ts';
import { filesSource } from '../../src/models/testing/tiny-checkpoint.ts';

const FOLDER = new URL('../../public/models/starter/', import.meta.url);
const FILE = 'prompt-reader.onnx';

const LABELS = [
  { id: 'identity', title: 'no change', known: true },
  { id: 'night', title: 'night', known: true },
  { id: 'fg_remove', title: 'removing an object', known: false, needs: 'inpainting' },
  { id: 'wave', title: 'making something wave', known: false, needs: 'motion' },
  { id: 'nonsense', title: 'nothing it could make out', known: false },
] as const;

/** Prompts and what they ask for: the reader below gives exactly these answers, and any for other texts. */
const PROMPTS: Readonly<Record<string, readonly string[]>> = {
  'leave it as it is': ['identity'],
  'make it night': ['night'],
  'remove the car': ['fg_remove'],
  'at night, without the car': ['night', 'fg_remove'],
  'make the flag wave': ['wave'],
  'flarb the wug': ['nonsense'],
};

export type ReaderPackage = {
  readonly manifest: Manifest;
  readonly files: Map<string, Uint8Array>;
};

/** The starter's package with a prompt reader set by hand; `files` are those that the folder does not have so. */
export async function starterWithReader(): Promise<ReaderPackage> {
  const manifest = parseManifest(JSON.parse(await readText('manifest.json')));
  const rows = await encodeRows(manifest, Object.keys(PROMPTS));
  const answers = Object.values(PROMPTS).map((asked) =>
    LABELS.map((label) => (asked.includes(label.id) ? 8 : -8)),
  );
  const weights = interpolate(rows, answers);
  const files = promptReaderFiles(
    manifest.contextWidth,
    LABELS.map((label, index) => ({
      ...label,
      weight: weights[index] ?? new Float32Array(),
      bias: 0,
    })),
  );
  const config = parsePromptReaderConfig(
    JSON.parse(new TextDecoder().decode(files.get('prompt_reader/config.json'))) as Record<
      string,
      unknown
    >,
  );
  const stored = await openWeights(filesSource(files), 'prompt_reader', 'prompt reader');
  const plan = planPromptReader(config, stored, new WeightCoder('f32'));
  const graph = await joined(plan.write(FILE));
  const { labels, nothing, leastConfidence } = config;
  const entry = { path: FILE, bytes: graph.length, sha256: await sha256(graph) };
  const grown = parseManifest({
    ...manifest,
    promptReader: {
      file: FILE,
      inputs: ['row'],
      outputs: ['readings'],
      labels,
      nothing,
      leastConfidence,
    },
    files: [...manifest.files.filter((file) => file.path !== FILE), entry],
  });
  const json = new TextEncoder().encode(JSON.stringify(grown));
  return {
    manifest: grown,
    files: new Map<string, Uint8Array>([
      ['manifest.json', json],
      [FILE, graph],
    ]),
  };
}

async function readText(path: string): Promise<string> {
  return await readFile(new URL(path, FOLDER), 'utf8');
}

/** The text encoder's row of the first end token, for each text. */
async function encodeRows(
  { text }: Manifest,
  texts: readonly string[],
): Promise<readonly Float32Array[]> {
  const tokenizer = createTokenizer(
    await readText(text.tokenizerFiles.vocab),
    await readText(text.tokenizerFiles.merges),
    text,
  );
  const graph = await OracleGraph.load(await readFile(new URL(text.file, FOLDER)));
  const rows: Float32Array[] = [];
  for (const one of texts) {
    const { ids } = tokenizer.tokenize(one);
    const made = await graph.run({ ids: { dims: [1, text.maxTokens], ids } });
    const context = made['context'];
    const width = context?.dims[2] ?? 0;
    const end = tokenizer.encode(one).length - 1;
    rows.push(context?.data.slice(end * width, (end + 1) * width) ?? new Float32Array());
  }
  await graph.dispose();
  return rows;
}

/** The smallest weights W with W · row = answer for every row: answersᵀ (R Rᵀ)⁻¹ R. */
function interpolate(
  rows: readonly Float32Array[],
  answers: readonly (readonly number[])[],
): readonly Float32Array[] {
  const dot = (a: Float32Array, b: Float32Array) =>
    a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);
  const system = rows.map((row, i) => [
    ...rows.map((other) => dot(row, other)),
    ...(answers[i] ?? []),
  ]);
  const solved = solve(system);
  const width = rows[0]?.length ?? 0;
  return (answers[0] ?? []).map((_, label) =>
    Float32Array.from({ length: width }, (_unused, channel) =>
      rows.reduce(
        (sum, row, i) => sum + (solved[i]?.[rows.length + label] ?? 0) * (row[channel] ?? 0),
        0,
      ),
    ),
  );
}

/** Gauss-Jordan elimination with pivots, of rows [matrix | right sides]. */
function solve(system: readonly (readonly number[])[]): number[][] {
  const rows = system.map((row) => [...row]);
  for (let column = 0; column < rows.length; column++) {
    const rest = rows.slice(column);
    const best = rest.reduce(
      (at, row, i) => (Math.abs(row[column] ?? 0) > Math.abs(rest[at]?.[column] ?? 0) ? i : at),
      0,
    );
    const [pivot = []] = rows.splice(column + best, 1);
    const scaled = pivot.map((value) => value / (pivot[column] ?? 1));
    rows.splice(column, 0, scaled);
    rows.forEach((row, i) => {
      const factor = row[column] ?? 0;
      if (i !== column) {
        rows[i] = row.map((value, at) => value - factor * (scaled[at] ?? 0));
      }
    });
  }
  return rows;
}

async function joined(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) {
    parts.push(piece);
  }
  return new Uint8Array(Buffer.concat(parts));
}
