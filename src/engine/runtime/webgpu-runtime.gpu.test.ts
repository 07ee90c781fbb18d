import { expect, it, vi } from 'vitest';
import { openTestDevice } from '../../gpu/testing/device.ts';
import type { RuntimeInfo } from '../../protocol/engine.ts';
import type { OrtModule } from './ort.ts';
import { Sessions } from './sessions.ts';
import { WebGpuRuntime } from './webgpu-runtime.ts';

async function open() {
  const device = await openTestDevice();
  const destroy = vi.spyOn(device, 'destroy');
  const sessions = new Sessions({} as OrtModule, {});
  const runtime = new WebGpuRuntime(sessions, device, {} as RuntimeInfo);
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
