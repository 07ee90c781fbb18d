import { preview } from 'vite';
import { ensureBuilt } from './build.ts';
import { SECURITY_HEADERS } from './server-headers.ts';
import { servePackage, type ServedPackage } from './serve-package.ts';
import { ROOT } from './steps.ts';

export type AppServer = { readonly origin: string; close(): Promise<void> };

/** Serves the production build on the loopback address, with one more package if there is one; port 0 takes a free one. */
export async function serveApp(port: number, extra?: ServedPackage): Promise<AppServer> {
  await ensureBuilt();
  const server = await preview({
    root: ROOT,
    configFile: false,
    plugins: extra === undefined ? [] : [servePackage(extra)],
    logLevel: 'error',
    preview: { port, strictPort: port !== 0, host: '127.0.0.1', headers: SECURITY_HEADERS },
  });
  const address = server.httpServer.address();
  if (address === null || typeof address === 'string') {
    throw new Error('the server has no address');
  }
  return { origin: `http://127.0.0.1:${address.port}`, close: () => server.close() };
}
