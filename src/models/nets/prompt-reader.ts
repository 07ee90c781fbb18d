import * as v from 'valibot';
import { must } from '../../base/assert.ts';
import { AppError } from '../../base/error.ts';
import { promptLabelSchema } from '../manifest.ts';
import { GraphSeries, type GraphPlan } from '../onnx/graph-series.ts';
import { Net } from '../onnx/net.ts';
import type { WeightCoder } from '../quantise/weight-coder.ts';
import type { Weights } from '../reading/weights.ts';

const CONFIG = 'prompt_reader/config.json';
const CLASS = 'DeltacutPromptReader';

const readerSchema = v.object({
  width: v.pipe(v.number(), v.integer(), v.minValue(1)),
  labels: v.pipe(v.array(promptLabelSchema), v.minLength(1)),
  nothing: v.string(),
  least_confidence: v.pipe(v.number(), v.gtValue(0), v.ltValue(1)),
});

export type PromptReaderConfig = {
  /** Channels of the text encoder's rows. */
  readonly width: number;
  readonly labels: readonly v.InferOutput<typeof promptLabelSchema>[];
  /** Id of the label of prompts that want the picture left as it is. */
  readonly nothing: string;
  /** A label whose reading reaches this is asked for. */
  readonly leastConfidence: number;
};

/** Checks the config of a checkpoint's `prompt_reader`: `model/unsupported`, `model/bad-checkpoint`. */
export function parsePromptReaderConfig(
  json: Readonly<Record<string, unknown>>,
): PromptReaderConfig {
  const name = json['_class_name'];
  if (name !== CLASS) {
    throw new AppError(
      'model/unsupported',
      `Its prompt reader is a ${JSON.stringify(name)}; known is ${CLASS}.`,
    );
  }
  const result = v.safeParse(readerSchema, json);
  if (!result.success) {
    const issue = result.issues[0];
    throw bad(`${v.getDotPath(issue) ?? 'top'}: ${issue.message}`);
  }
  const { width, labels, nothing, least_confidence: leastConfidence } = result.output;
  const byId = new Map(labels.map((label) => [label.id, label]));
  if (byId.size < labels.length) {
    const twice = labels.find((label) => byId.get(label.id) !== label);
    throw bad(`two labels are called ${twice?.id ?? ''}.`);
  }
  const wrong = labels.find((label) => label.known && label.needs !== undefined);
  if (wrong !== undefined) {
    throw bad(`${wrong.id} is known and yet needs another model.`);
  }
  if (byId.get(nothing)?.known !== true) {
    throw bad(`nothing is ${JSON.stringify(nothing)}, which is no known label.`);
  }
  return { width, labels, nothing, leastConfidence };
}

function bad(what: string): AppError {
  return new AppError('model/bad-checkpoint', `${CONFIG}, ${what}`);
}

/**
 * Which edits a text asks for: `row` [batch, width], the text encoder's last hidden state (after the final norm) at the
 * first end token, to `readings` [batch, labels] from 0 to 1. Several may be asked for at once, so each label has a sigmoid of
 * its own. Never quantised: it is a few kilobytes and stands at a threshold.
 */
export function planPromptReader(
  config: PromptReaderConfig,
  weights: Weights,
  coder: WeightCoder,
): GraphPlan {
  const graph = new GraphSeries();
  const net = new Net(graph, weights, coder);
  const count = config.labels.length;
  const row = graph.input('row', ['batch', config.width]);
  const logits = graph.node(
    'Gemm',
    [row, net.tensor('weight', [count, config.width]), net.vector('bias', count, [count])],
    ['batch', count],
    { attributes: { transB: { int: 1 } } },
  );
  graph.output(graph.node('Sigmoid', [logits], logits.dims, { name: { exact: 'readings' } }));
  return must(graph.finish()[0], 'graph');
}
