import type { Project } from '../project/document.ts';
import type { EngineSetup } from '../protocol/engine.ts';
import type { PromptReading } from '../protocol/prompt-reading.ts';
import { toAppError, type AppError } from '../base/error.ts';
import { Autosave } from './autosave.ts';
import { DraftReader } from './draft-reader.ts';
import { editKey } from './edit-key.ts';
import { EngineClient } from './engine-client.ts';
import { loadChosenModel } from './model-choice.ts';
import { Playback } from './playback.ts';
import { openAll } from './open-clips.ts';
import { followPlayhead, settlePlayhead } from './playhead.ts';
import { PreviewClient } from './preview-client.ts';
import { ProjectsClient } from './projects-client.ts';
import { SoundClient } from './sound-client.ts';
import { createEngineState, type EngineState, type EngineStore } from './state/engine-store.ts';
import { createMaskStore, type MaskStore } from './state/mask-store.ts';
import { createJobs, isOpen, updateJob, type Jobs } from './state/jobs-store.ts';
import { createNotices, type Notices } from './state/notices-store.ts';
import { createProjectStore, type ProjectStore } from './state/project-store.ts';
import { createProjects, type Projects } from './state/projects-store.ts';
import { createSaving, type Saving } from './state/saving-store.ts';
import { createSession, type OpenClip, type Session } from './state/session-store.ts';
import { copyStored } from './stored-projects.ts';
import { ThumbnailCache } from './thumbnail-cache.ts';
import { Waveforms } from './waveforms.ts';
import { shownProject, ViewerLink } from './viewer-link.ts';

/** Everything the page is made of, React apart. Commands (commands/) take it as their first argument. */
export type App = {
  readonly session: Session;
  readonly project: ProjectStore;
  readonly jobs: Jobs;
  readonly masks: MaskStore;
  readonly notices: Notices;
  readonly engineState: EngineStore;
  readonly engine: EngineClient;
  readonly preview: PreviewClient;
  readonly viewer: ViewerLink;
  readonly thumbnails: ThumbnailCache;
  readonly sounds: SoundClient;
  readonly playback: Playback;
  readonly waveforms: Waveforms;
  readonly draftReader: DraftReader;
  /** The browser's storage of projects, and what its list shows. */
  readonly disk: ProjectsClient;
  readonly projects: Projects;
  readonly saving: Saving;
  readonly autosave: Autosave;
  /** One per job under way. */
  readonly aborts: Map<string, AbortController>;
  /** Of the file being opened. */
  opening: AbortController | null;
};

/** In `activity` the page notes each input: the engine gives way to it. */
export function createApp(setup: EngineSetup, activity: SharedArrayBuffer | null = null): App {
  const { choice } = setup;
  const session = createSession();
  const project = createProjectStore();
  const jobs = createJobs();
  const masks = createMaskStore();
  const notices = createNotices();
  const engineState = createEngineState();
  const preview = new PreviewClient((error) => {
    restartViewer(app, error);
  }, choice);
  const restartEngine = (): void => {
    // A fresh worker is ready before the next job; one that dies while starting has said so already.
    if (engineState.getState().runtime.kind === 'ready') {
      void startEngine(app);
    }
  };
  const engine = new EngineClient(setup, restartEngine, activity);
  const sounds = new SoundClient();
  const saving = createSaving();
  const disk = new ProjectsClient(({ kind, id }) => {
    if (kind === 'lost') {
      app.autosave.lost(id);
    } else {
      app.autosave.handOver(id).catch((error: unknown) => {
        app.notices.fail(error);
      });
    }
  });
  const app: App = {
    session,
    project,
    jobs,
    masks,
    notices,
    engineState,
    engine,
    preview,
    viewer: new ViewerLink(preview, session, project, jobs, masks, notices),
    thumbnails: new ThumbnailCache(preview),
    sounds,
    playback: new Playback(sounds),
    waveforms: new Waveforms(sounds),
    draftReader: new DraftReader(session, (prompt) => readDraft(app, prompt)),
    disk,
    projects: createProjects(),
    saving,
    autosave: new Autosave(disk, saving, {
      onFailed: (error) => {
        sayNotSaved(app, error);
      },
      onLost: () => {
        lockProject(app);
      },
      onStranded: (text) => {
        void keepStranded(app, text);
      },
    }),
    aborts: new Map(),
    opening: null,
  };
  engineState.subscribe((state, before) => {
    if (state.model !== before.model || state.runtime !== before.runtime) {
      app.draftReader.restart();
    }
  });
  project.store.subscribe((state, before) => {
    app.autosave.changed();
    if (state.history?.present.pieces !== before.history?.present.pieces) {
      settlePlayhead(app);
      followPlayhead(app);
    }
    // What a drag passes through is nobody's wish yet.
    if ((state.history?.mark ?? null) === null) {
      cancelOrphans(app, state.history?.present ?? null);
    }
  });
  jobs.subscribe((state, before) => {
    if (state.pictures !== before.pictures) {
      app.autosave.changed();
    }
  });
  session.subscribe((state, before) => {
    if (state.selectedEdit !== before.selectedEdit) {
      // What was selected of a mask belongs to the edit before: its copies have layers of the same ids.
      masks.setState({ layer: null, point: null, keys: [] });
    }
    if (state.selectedEdit !== null && state.selectedEdit !== before.selectedEdit) {
      session.setState({ selectedPiece: null });
    }
    if (state.trial !== before.trial) {
      cancelOrphans(app, project.current);
    }
    if (state.draft !== before.draft || state.spans !== before.spans) {
      app.autosave.changed();
    }
  });
  return app;
}

/** `?runtime=webgpu` or `cpu` forces one for this visit; anything else leaves what was chosen in the settings. */
export function setupFromAddress(search: string, kept: EngineSetup): EngineSetup {
  const wanted = new URLSearchParams(search).get('runtime');
  return wanted === 'webgpu' || wanted === 'cpu' ? { ...kept, choice: wanted } : kept;
}

/** Fills the badges: which runtime this machine gets, and whether the model is there. */
export async function startEngine(app: App): Promise<void> {
  app.engineState.setState({ runtime: { kind: 'starting' } });
  const runtime = app.engine.start().then(
    (info) => {
      app.engineState.setState({ runtime: { kind: 'ready', info } });
    },
    (error: unknown) => {
      app.engineState.setState({
        runtime: { kind: 'failed', error: toAppError(error, 'engine/run-failed') },
      });
    },
  );
  const model = loadChosenModel(() => app.engine.listModels()).then(
    (info) => {
      app.engineState.setState({ model: { kind: 'ready', info } });
    },
    (error: unknown) => {
      app.engineState.setState({
        model: { kind: 'missing', error: toAppError(error, 'model/not-found') },
      });
    },
  );
  await Promise.all([runtime, model]);
}

/** Whether the model at hand can tell what a prompt asks for. */
export function readsPrompts({ model }: EngineState): boolean {
  return model.kind === 'ready' && model.info.readsPrompts;
}

async function readDraft(app: App, prompt: string): Promise<PromptReading | null> {
  const state = app.engineState.getState();
  return state.runtime.kind === 'ready' && state.model.kind === 'ready' && readsPrompts(state)
    ? await app.engine.readPrompt(state.model.info.id, prompt)
    : null;
}

/** How often the viewer is started over for one clip: some files end it every time. */
const MOST_VIEWER_RESTARTS = 3;
const viewerRestarts = new WeakMap<OpenClip, number>();

/** A dead preview worker takes its canvas along: the clip is opened again and the viewer gets a new canvas. */
function restartViewer(app: App, reason: AppError): void {
  const { clip, clips, viewerGeneration } = app.session.getState();
  const restarts = clip === null ? 0 : (viewerRestarts.get(clip) ?? 0);
  if (clip === null || restarts >= MOST_VIEWER_RESTARTS) {
    app.notices.fail(reason);
    return;
  }
  viewerRestarts.set(clip, restarts + 1);
  openAll(app.preview, clips, new AbortController().signal).then(
    () => {
      app.session.setState({ viewerGeneration: viewerGeneration + 1, shown: null });
      app.thumbnails.restart();
      app.notices.say(
        'warning',
        'The viewer stopped and was started again. Your edits are as they were.',
      );
    },
    (error: unknown) => {
      app.notices.fail(error);
    },
  );
}

function sayNotSaved(app: App, error: AppError): void {
  const retry = {
    label: 'Try again',
    run: () => {
      void app.autosave.flush();
    },
  };
  app.notices.fail(error, [retry]);
}

/** Changes that came too late for the tab that has the project now become a project of their own. */
async function keepStranded(app: App, text: string): Promise<void> {
  try {
    const name = await copyStored(app.disk, text);
    app.notices.say('warning', `Your last changes came too late for that. They are in “${name}”.`);
  } catch (error) {
    app.notices.fail(error);
  }
}

/** Another tab writes the project from now on: what runs here stops, what is finished is found there. */
function lockProject(app: App): void {
  app.project.lock();
  for (const abort of app.aborts.values()) {
    abort.abort();
  }
  app.notices.say(
    'warning',
    'Another tab took over this project. Nothing is lost; here you can only look at it.',
  );
}

/** Undoing or changing an edit, or typing on after a preview, ends the run that was making pictures for its old state. */
function cancelOrphans(app: App, project: Project | null): void {
  for (const job of app.jobs.getState().jobs) {
    if (job.kind === 'export' || !isOpen(job) || job.editId === null) {
      continue;
    }
    const shown = project === null ? null : shownProject(project, app.session.getState());
    if (shown === null || editKey(shown, job.editId) !== job.key) {
      app.aborts.get(job.id)?.abort();
      if (job.state === 'paused') {
        updateJob(app.jobs, job.id, { state: 'cancelled' });
      }
    }
  }
}
