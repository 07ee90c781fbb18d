import { AppError } from '../../src/base/error.ts';
import type { Embedding } from '../../src/diffusion/metrics/clip-scores.ts';
import type { Picture } from '../../src/diffusion/metrics/picture.ts';
import { createTokenizer, type Tokenizer } from '../../src/diffusion/tokenizer.ts';
import { parseClipTextConfig, parseClipVisionConfig } from '../../src/models/nets/clip-config.ts';
import { toClipPixels } from '../../src/models/nets/clip-image.ts';
import { planClipText } from '../../src/models/nets/clip-text.ts';
import { planClipVision } from '../../src/models/nets/clip-vision.ts';
import type { GraphPlan } from '../../src/models/onnx/graph-series.ts';
import { graphFile } from '../../src/models/pack-unet.ts';
import { WeightCoder } from '../../src/models/quantise/weight-coder.ts';
import { readJsonFile, readSmallFile } from '../../src/models/reading/byte-source.ts';
import { openWeights } from '../../src/models/reading/weights.ts';
import { renderFiles, type Plain } from '../../src/models/testing/golden.ts';
import { OracleGraph } from '../../src/models/testing/run-graph.ts';
import { nodeCheckpoint } from '../node-checkpoint.ts';

/** A CLIP with both towers, in float32 on ONNX Runtime's CPU provider. Whoever opens it disposes it. */
export interface ClipModel {
  embedPicture(picture: Picture): Promise<Embedding>;
  /** What is over the model's length is cut. */
  embedText(text: string): Promise<Embedding>;
  dispose(): Promise<void>;
}

const PARTS = 'config.json, safetensors, vocab.json and merges.txt of a CLIPModel';
/**
 * Opens a folder in transformers' layout of a CLIPModel. Throws `model/not-found` where there is no config, `model/unsupported`
 * where the folder has no vision model (the packages that Deltacut compiles have none), `model/bad-checkpoint`.
 */
export async function openClipModel(folder: string): Promise<ClipModel> {
  const source = nodeCheckpoint(folder);
  if ((await source.open('manifest.json')) !== undefined) {
    throw new AppError(
      'model/unsupported',
      `${folder} is a package without CLIP’s vision model; the scores take a folder with ${PARTS}.`,
    );
  }
  const config = await source.open('config.json');
  if (config === undefined) {
    throw new AppError('model/not-found', `${folder} has no config.json; it takes ${PARTS}.`);
  }
  const json = await readJsonFile(config);
  if (!('vision_config' in json) || !('text_config' in json)) {
    throw new AppError(
      'model/unsupported',
      `${folder} has not both of CLIP’s models, vision and text; it takes ${PARTS}.`,
    );
  }
  const read = async (path: string): Promise<string> => {
    const file = await source.open(path);
    if (file === undefined) {
      throw new AppError('model/bad-checkpoint', `${folder} has no ${path}.`);
    }
    return new TextDecoder().decode(await readSmallFile(file));
  };
  const vision = parseClipVisionConfig(json);
  const text = parseClipTextConfig(json);
  const tokenizer = toTokenizer(await read('vocab.json'), await read('merges.txt'), text.maxTokens);
  const weights = await openWeights(source, '', 'CLIP');
  const coder = new WeightCoder('f32');
  const pictures = await load(planClipVision(vision, weights, coder));
  const texts = await load(planClipText(text, weights, coder, { pooled: true }));
  return {
    embedPicture: async (picture) => {
      const side = vision.imageSize;
      const image: Plain = {
        dims: [1, 3, side, side],
        data: toClipPixels(withoutAlpha(picture), side),
      };
      return embeddingOf(folder, await pictures.run({ image }));
    },
    embedText: async (words) => {
      const { ids } = tokenizer.tokenize(words);
      return embeddingOf(folder, await texts.run({ ids: { dims: [1, ids.length], ids } }));
    },
    dispose: async () => {
      await pictures.dispose();
      await texts.dispose();
    },
  };
}

/** Texts are filled up with the end token, as CLIP was trained. */
function toTokenizer(vocab: string, merges: string, maxTokens: number): Tokenizer {
  const padToken = (JSON.parse(vocab) as Record<string, unknown>)['<|endoftext|>'];
  if (typeof padToken !== 'number') {
    throw new AppError('model/bad-checkpoint', 'vocab.json has no <|endoftext|>.');
  }
  return createTokenizer(vocab, merges, { maxTokens, padToken });
}

async function load(plan: GraphPlan): Promise<OracleGraph> {
  const files = await renderFiles([graphFile('graph', plan)]);
  return await OracleGraph.load(files.get('graph') ?? new Uint8Array());
}

function embeddingOf(folder: string, outputs: Record<string, Plain>): Embedding {
  const row = outputs['embedding'];
  if (row === undefined) {
    throw new AppError(
      'model/unsupported',
      `${folder} has no projection into the space that pictures and texts share.`,
    );
  }
  return row.data;
}

function withoutAlpha({ width, height, data }: Picture) {
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    rgb.set(data.subarray(i * 4, i * 4 + 3), i * 3);
  }
  return { width, height, data: rgb };
}
