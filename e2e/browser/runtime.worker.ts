import { createRuntime } from '../../src/engine/runtime/choose-runtime.ts';
import { encodeSmallGraph } from '../../src/engine/runtime/small-graph.ts';
import type { RuntimeKind } from '../../src/protocol/engine.ts';
import type { WorkerAnswer } from './runtime-worker.ts';

async function answer(kind: RuntimeKind): Promise<WorkerAnswer> {
  const runtime = await createRuntime(kind);
  const graph = await runtime.load(
    encodeSmallGraph({
      inputs: { x: ['n'] },
      outputs: { y: ['n'] },
      nodes: [{ op: 'Add', inputs: ['x', 'x'], outputs: ['y'] }],
    }),
    {},
  );
  const x = runtime.upload(Float32Array.of(1, 2, 3), [3], 'f32');
  const { y } = await runtime.run(graph, { x });
  const values = y === undefined ? [] : [...(await runtime.download(y))];
  runtime.dispose();
  return { kind: runtime.kind, values, isIsolated: crossOriginIsolated };
}

addEventListener('message', ({ data }: MessageEvent<RuntimeKind>) => {
  answer(data).then(
    (result) => {
      postMessage(result);
    },
    (error: unknown) => {
      postMessage(String(error));
    },
  );
});
