import { loadOrt } from '../../src/engine/runtime/ort.ts';
export async function place(
  base: string,
  pins: Record<string, number>,
  frames: number,
  only: string,
) {
  const ort = await loadOrt('webgpu');
  ort.env.logLevel = 'verbose';
  ort.env.debug = false;
  const m = await (await fetch(`${base}/manifest.json`)).json();
  const graphs = [m.text, m.vae.encoder, m.vae.decoder, ...m.contexts, ...m.segments].filter(
    (g: any) => g.file.includes(only),
  );
  const report: any[] = [];
  const rnd = (n: number, s: number) => {
    let x = s >>> 0;
    return Float32Array.from({ length: n }, () => {
      x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
      return x / 2 ** 31 - 1;
    });
  };
  for (const g of graphs) {
    const bytes = new Uint8Array(await (await fetch(`${base}/${g.file}`)).arrayBuffer());
    const outs: any = {};
    for (const ep of ['webgpu', 'wasm'] as const) {
      console.log(`@@ ${g.file} ${ep}`);
      const s = await ort.InferenceSession.create(bytes, {
        executionProviders: [ep],
        freeDimensionOverrides: pins,
        logSeverityLevel: ep === 'webgpu' ? 0 : 4,
        logVerbosityLevel: 0,
      } as any);
      const feeds: any = {};
      (s as any).inputMetadata.forEach((meta: any, i: number) => {
        const dims = meta.shape.map((d: any) =>
          typeof d === 'number'
            ? d
            : d === 'frames' || d === 'batch' || d === 'branches'
              ? frames
              : (pins[d] ?? 77),
        );
        const n = dims.reduce((a: number, b: number) => a * b, 1);
        feeds[meta.name] =
          meta.type === 'int32'
            ? new ort.Tensor(
                'int32',
                Int32Array.from({ length: n }, (_, k) => k % 1000),
                dims,
              )
            : new ort.Tensor('float32', rnd(n, i + 7), dims);
      });
      console.log('@@ run');
      outs[ep] = await s.run(feeds);
      console.log('@@ end');
      await s.release();
    }
    const diff: any = {};
    for (const name of g.outputs) {
      const a = outs.webgpu[name].data,
        b = outs.wasm[name].data;
      let e = 0,
        p = 0;
      for (let i = 0; i < b.length; i++) {
        e = Math.max(e, Math.abs(a[i] - b[i]));
        p = Math.max(p, Math.abs(b[i]));
      }
      diff[name] = [e, p];
    }
    report.push({ file: g.file, diff });
  }
  return report;
}
