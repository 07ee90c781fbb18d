import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { resolve, sep } from 'node:path';
import type { Plugin } from 'vite';
import { SECURITY_HEADERS } from './server-headers.ts';

/** A package folder somewhere on the disk, and the id under which the app finds it. */
export type ServedPackage = { readonly id: string; readonly folder: string };

/** Serves one more package as if it lay in `public/models/<id>`, in place of one that does. */
export function servePackage({ id, folder }: ServedPackage): Plugin {
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const path = resolve(folder, `.${decodeURIComponent(pathname)}`);
    if (!path.startsWith(folder + sep)) {
      response.writeHead(404).end();
      return;
    }
    const type = path.endsWith('.json') ? 'application/json' : 'application/octet-stream';
    const file = createReadStream(path);
    file.once('open', () => {
      response.writeHead(200, { ...SECURITY_HEADERS, 'Content-Type': type });
      file.pipe(response);
    });
    file.once('error', () => {
      response.writeHead(404).end();
    });
    response.once('close', () => file.destroy());
  };
  return {
    name: 'deltacut:package',
    configurePreviewServer: (server) => {
      server.middlewares.use(`/models/${id}`, answer);
    },
  };
}
