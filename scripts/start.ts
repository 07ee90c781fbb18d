import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { serveApp } from './serve.ts';

const DEFAULT_PORT = 5173;

const OPENERS: Record<string, readonly [string, ...string[]]> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
  linux: ['xdg-open'],
};

function openInBrowser(url: string): void {
  const [command, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
  child.on('error', () => process.stderr.write(`Open ${url} in Chrome.\n`));
  child.unref();
}

async function serveNear(port: number): Promise<{ origin: string }> {
  try {
    return await serveApp(port);
  } catch (error) {
    if (port === DEFAULT_PORT && String(error).includes('in use')) {
      return await serveApp(0);
    }
    throw error;
  }
}

/** `npm start [-- --port N --no-open]` */
export async function main(args: readonly string[]): Promise<number> {
  let port = DEFAULT_PORT;
  let open = true;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { port: { type: 'string' }, 'no-open': { type: 'boolean' } },
    });
    port = values.port === undefined ? DEFAULT_PORT : Number(values.port);
    open = values['no-open'] !== true;
    if (!Number.isInteger(port) || port < 0 || port > 65535) {
      throw new Error(`--port takes a number from 0 to 65535, not “${values.port ?? ''}”.`);
    }
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return 2;
  }
  const { origin } = await serveNear(port);
  process.stdout.write(`Deltacut runs at ${origin}\nPress Ctrl+C to stop.\n`);
  if (open) {
    openInBrowser(origin);
  }
  return await new Promise<number>((resolve) => {
    process.once('SIGINT', () => resolve(0));
    process.once('SIGTERM', () => resolve(0));
  }).then((code) => process.exit(code));
}
