import type { Figures, Print } from './benchmark.ts';
import { openHarness } from '../e2e/support/browser.ts';

type Row = {
  shape: string;
  type: string;
  oursMs: number;
  mhaMs: number;
  unfusedMs: number;
  oursErr: number;
  mhaErr: number;
  unfusedErr: number;
};

function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

/**
 * Our kernel against ONNX Runtime's two ways of attention on the same adapter, one run. Ratios are theirs over ours;
 * errors are against float64 on sampled rows, so a fast wrong answer shows.
 */
export async function benchAttention(print: Print): Promise<Figures> {
  const harness = await openHarness();
  try {
    const { adapter, rows } = await harness.call<{ adapter: string; rows: Row[] }>(
      'e2e/browser/attention-bench.ts',
      'attentionBench',
    );
    print(`adapter ${adapter}`);
    print(
      'shape                          type    ours ms    MHA ms  unfused ms  err ours / MHA / unfused',
    );
    for (const row of rows) {
      const times = [row.oursMs, row.mhaMs, row.unfusedMs].map((ms) => ms.toFixed(1).padStart(10));
      const errors = [row.oursErr, row.mhaErr, row.unfusedErr].map((e) => e.toExponential(1));
      print(
        `${row.shape.padEnd(30)} ${row.type.padEnd(4)} ${times.join('')}  ${errors.join(' / ')}`,
      );
    }
    const geomean = {
      vsMha: geometricMean(rows.map((row) => row.mhaMs / row.oursMs)),
      vsUnfused: geometricMean(rows.map((row) => row.unfusedMs / row.oursMs)),
    };
    print(
      `geometric mean: ${geomean.vsMha.toFixed(2)} x MHA, ${geomean.vsUnfused.toFixed(2)} x unfused`,
    );
    return { adapter, rows, geomean };
  } finally {
    await harness.close();
  }
}
