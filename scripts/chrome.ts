import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const CANDIDATES = [
  process.env['DELTACUT_CHROME'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  `${process.env['PROGRAMFILES'] ?? 'C:\\Program Files'}\\Google\\Chrome\\Application\\chrome.exe`,
  `${process.env['LOCALAPPDATA'] ?? ''}\\Google\\Chrome\\Application\\chrome.exe`,
];

/** Path of an installed Chrome or Chromium, or null. `DELTACUT_CHROME` names one by hand. */
export function findChrome(): string | null {
  return CANDIDATES.find((path) => path !== undefined && path !== '' && existsSync(path)) ?? null;
}

export const CHROME_MISSING =
  'No Chrome or Chromium was found. Install Google Chrome, or on Debian `apt-get install chromium`, ' +
  'or set DELTACUT_CHROME to its path.';

/** Background traffic off: an offline or fenced machine must not see a request that the page did not make. */
const QUIET_FLAGS = [
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--autoplay-policy=no-user-gesture-required',
];

/** `software` forces SwiftShader, so that tests give the same numbers on every machine; `native` takes the GPU there is. */
export type GpuChoice = 'software' | 'native';

const GPU_FLAGS: Record<GpuChoice, readonly string[]> = {
  software: [
    '--enable-unsafe-webgpu',
    '--use-webgpu-adapter=swiftshader',
    '--enable-features=Vulkan',
  ],
  native: ['--enable-unsafe-webgpu', '--enable-features=Vulkan'],
};

/** A headless Chrome; the caller closes it. */
export async function launchChrome(
  options: { gpu?: GpuChoice; args?: readonly string[] } = {},
): Promise<Browser> {
  const executablePath = findChrome();
  if (executablePath === null) {
    throw new Error(CHROME_MISSING);
  }
  const isRoot = process.getuid?.() === 0;
  return await chromium.launch({
    executablePath,
    headless: true,
    args: [
      ...QUIET_FLAGS,
      ...GPU_FLAGS[options.gpu ?? 'software'],
      ...(isRoot ? ['--no-sandbox'] : []),
      ...(options.args ?? []),
    ],
  });
}
