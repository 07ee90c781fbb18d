import { existsSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { GpuContext } from '../context.ts';

/**
 * `software`: Chromium's SwiftShader driver, same numbers on every machine. `native`: the machine's own GPU.
 * `null`: checks shaders and limits, f16 included, and runs nothing: buffers read back garbage.
 */
export type Rung = 'software' | 'native' | 'null';

const CHROME_FOLDERS = [
  '/usr/lib/chromium',
  '/usr/lib/chromium-browser',
  '/opt/google/chrome',
  '/opt/chromium.org/chromium',
];
const MANIFEST = 'vk_swiftshader_icd.json';
const LOADER = 'libvulkan.so.1';

/** Dawn's instance must outlive its devices: collected early, it takes the process down (seen with webgpu 0.6.2). */
const instances: GPU[] = [];

/** Which adapter the GPU tests ask for: `DELTACUT_GPU_TESTS=native` takes the machine's own. */
export function demandedRung(): Rung {
  return process.env['DELTACUT_GPU_TESTS'] === 'native' ? 'native' : 'software';
}

/** The folder of a Chrome that ships SwiftShader; DELTACUT_CHROME (its executable or folder) comes first. */
export function findSwiftShader(): string | null {
  const named = process.env['DELTACUT_CHROME'];
  const folders = [...CHROME_FOLDERS];
  if (named !== undefined && existsSync(named)) {
    folders.unshift(named, dirname(realpathSync(named)));
  }
  return folders.find((folder) => existsSync(join(folder, MANIFEST))) ?? null;
}

/** A device of the demanded rung; throws where there is none, so that nothing passes untested. */
export async function openTestDevice(rung: Rung = demandedRung()): Promise<GPUDevice> {
  if (rung === 'software') {
    useSwiftShader();
  }
  // Unset, the Vulkan loader complains on every start.
  process.env['XDG_RUNTIME_DIR'] ??= tmpdir();
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  const gpu = create(rung === 'null' ? ['backend=null'] : []);
  instances.push(gpu);
  const adapter = await gpu.requestAdapter();
  if (adapter === null) {
    throw new Error(`No WebGPU adapter for the ${rung} tests: is libvulkan1 installed?`);
  }
  const isSoftware = /swiftshader/i.test(
    `${adapter.info.architecture} ${adapter.info.description}`,
  );
  if ((rung === 'software') !== isSoftware) {
    throw new Error(`The ${rung} tests got the adapter '${adapter.info.description}' instead.`);
  }
  // Default limits on purpose: kernels must work without raised ones.
  const wanted: GPUFeatureName[] = ['shader-f16', 'subgroups'];
  return await adapter.requestDevice({
    label: `${rung} test device`,
    requiredFeatures: wanted.filter((feature) => adapter.features.has(feature)),
  });
}

/** A context that owns its device; destroy it in afterAll. */
export async function openTestContext(rung: Rung = demandedRung()): Promise<GpuContext> {
  return new GpuContext({ device: await openTestDevice(rung), ownsDevice: true });
}

function useSwiftShader(): void {
  const folder = findSwiftShader();
  if (folder === null) {
    throw new Error(
      `No ${MANIFEST} found: install Chromium or Chrome, or set DELTACUT_CHROME to its path.`,
    );
  }
  process.env['VK_DRIVER_FILES'] = join(folder, MANIFEST);
  process.env['VK_ICD_FILENAMES'] = join(folder, MANIFEST);
  const loader = join(folder, LOADER);
  if (existsSync(loader)) {
    keepLoaded(loader);
  }
}

/**
 * Dawn opens the Vulkan loader by name, and the dynamic linker answers with a library of that name that is loaded
 * already. So load the browser's copy first; Node says that it is no addon and closes it, and the no-delete flag
 * keeps it: no LD_LIBRARY_PATH is needed.
 */
function keepLoaded(library: string): void {
  const lazy = 0x1;
  const noDelete = 0x1000;
  try {
    process.dlopen({ exports: {} }, library, lazy | noDelete);
  } catch {
    // Expected: not an addon.
  }
}
