import { loadOrt } from '../../src/engine/runtime/ort.ts';
import { Net } from '../../src/models/onnx/net.ts';
import { GraphSeries } from '../../src/models/onnx/graph-series.ts';
import { WeightCoder } from '../../src/models/quantise/weight-coder.ts';
import { Weights } from '../../src/models/reading/weights.ts';
import { Safetensors } from '../../src/models/reading/safetensors.ts';
import { memorySource } from '../../src/models/reading/byte-source.ts';
import { joinPieces } from '../../src/models/package-sink.ts';
export async function convs(cases: number[][]) {
  const ort = await loadOrt('webgpu');
  const rnd = (n: number, s: number) => {
    let x = s >>> 0;
    return Float32Array.from({ length: n }, () => {
      x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
      return x / 2 ** 31 - 1;
    });
  };
  const out: any[] = [];
  for (const [cin = 0, cout = 0, h = 0, w = 0, k = 3, frames = 2, stride = 1] of cases) {
    const header = new TextEncoder().encode(
      JSON.stringify({
        'c.weight': {
          dtype: 'F32',
          shape: [cout, cin, k, k],
          data_offsets: [0, cin * cout * k * k * 4],
        },
      }),
    );
    const file = new Uint8Array(8 + header.length + cin * cout * k * k * 4);
    new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
    file.set(header, 8);
    file.set(new Uint8Array(rnd(cin * cout * k * k, 3).buffer), 8 + header.length);
    const weights = new Weights('x', [await Safetensors.open(memorySource('x', file))]);
    const g = new GraphSeries();
    const net = new Net(g, weights, new WeightCoder('f32'));
    const x = g.input('x', ['frames', cin, 'height_0', 'width_0']);
    g.output(net.conv(x, 'c', cout, { kernel: k, stride, name: { exact: 'y' } }));
    const bytes = await joinPieces(g.finish()[0]!.write('t'));
    const r: any = {};
    for (const ep of ['webgpu', 'wasm'] as const) {
      const s = await ort.InferenceSession.create(bytes, {
        executionProviders: [ep],
        freeDimensionOverrides: { height_0: h, width_0: w },
      });
      r[ep] = (
        await s.run({
          x: new ort.Tensor('float32', rnd(frames * cin * h * w, 5), [frames, cin, h, w]),
        })
      )['y']!.data;
      await s.release();
    }
    let e = 0,
      p = 0;
    for (let i = 0; i < r.wasm.length; i++) {
      e = Math.max(e, Math.abs(r.webgpu[i] - r.wasm[i]));
      p = Math.max(p, Math.abs(r.wasm[i]));
    }
    out.push([cin, cout, h, w, k, frames, stride, e, p]);
  }
  return out;
}
