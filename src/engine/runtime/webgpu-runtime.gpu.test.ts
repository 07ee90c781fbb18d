import { expect, it, vi } from 'vitest';
import { TilingProbe } from '../../gpu/kernels/attention/tiling-probe.ts';
import type { TilingRecord } from '../../gpu/kernels/attention/tuner.ts';
import { openTestDevice } from '../../gpu/testing/device.ts';
import type { RuntimeInfo } from '../../protocol/engine.ts';
import type { OrtModule } from './ort.ts';
import type { RuntimeTuning } from './runtime-tuning.ts';
import { Sessions } from './sessions.ts';
import { WebGpuRuntime } from './webgpu-runtime.ts';

async function open(tuning?: RuntimeTuning) {
  const device = await openTestDevice();
  const destroy = vi.spyOn(device, 'destroy');
  const sessions = new Sessions({} as OrtModule, {});
  const runtime = new WebGpuRuntime(sessions, device, {} as RuntimeInfo, tuning);
  return { device, destroy, sessions, runtime };
}

const settled = async () => await new Promise((resolve) => setTimeout(resolve, 20));

it('waits for the run under way before it lets go of the device', async () => {
  const { destroy, sessions, runtime } = await open();
  let end: () => void = () => {};
  void sessions.queue.add(() => new Promise<void>((resolve) => (end = resolve)));
  runtime.dispose();
  await settled();
  expect(destroy).not.toHaveBeenCalled();
  end();
  await vi.waitFor(() => expect(destroy).toHaveBeenCalledOnce());
});

it('waits for no run on a device that is lost, which would never end', async () => {
  const { device, destroy, sessions, runtime } = await open();
  void sessions.queue.add(() => new Promise<void>(() => {}));
  device.destroy();
  await device.lost;
  runtime.dispose();
  await vi.waitFor(() => expect(destroy).toHaveBeenCalledTimes(2));
});

it('tunes attention where a shape first comes by, and once', { timeout: 120_000 }, async () => {
  const learned: TilingRecord[] = [];
  const tuning = { known: {}, onLearned: (record: TilingRecord) => void learned.push(record) };
  const time = vi.spyOn(TilingProbe.prototype, 'time').mockResolvedValue(1);
  const { runtime, device } = await open(tuning);
  const shape = [1, 20, 24];
  const tensor = (seed: number) =>
    runtime.upload(
      Float32Array.from({ length: 480 }, (_, i) => Math.sin(i * seed)),
      shape,
      'f32',
    );
  const bank = { k: tensor(3), v: tensor(5) };
  const call = { q: tensor(1), heads: 1, headDim: 24, paths: [{ scale: 1, banks: [bank] }] };
  const [first, second] = [await runtime.attention(call), await runtime.attention(call)];
  const measured = time.mock.calls.length;
  expect(measured).toBeGreaterThan(4);
  expect(learned).toHaveLength(1);
  expect(Object.values(learned[0] ?? {})).toEqual(['8x8']);
  expect(await runtime.download(first)).toEqual(await runtime.download(second));
  const longer = runtime.upload(new Float32Array(200 * 24), [1, 200, 24], 'f32');
  (await runtime.attention({ ...call, q: longer })).dispose();
  expect(learned).toHaveLength(2);
  runtime.dispose();
  await device.lost;
  time.mockRestore();
});
