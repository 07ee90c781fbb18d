import { expose } from 'comlink';
import { createEngine } from '../engine/service.ts';
import { toRemote } from '../protocol/remote.ts';

const base = new URL(import.meta.env.BASE_URL, self.location.origin);
expose(toRemote(createEngine(base)));
