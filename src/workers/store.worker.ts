import { expose } from 'comlink';
import { toRemote } from '../protocol/remote.ts';
import { createProjectsService } from '../store/projects-service.ts';

expose(toRemote(createProjectsService()));
