/** How long a reload's old page may still hold the lock before another tab is taken to have it. */
const SETTLE_MS = 1_200;
/** How long a tab that is asked may take to write what it has left. */
const HAND_OVER_MS = 2_000;
/** A tab that does not even react by now has stopped. */
const STEAL_AFTER_MS = 4_000;

export type LockEvents = {
  /** Another tab asks for the project: write what is left and let go. */
  onWanted(): void;
  /** It is gone: there was no answer in time. */
  onLost(): void;
};

type Release = () => void;

/** The right to write one project, across all tabs of the browser. */
export class ProjectLock {
  readonly #release: Release;
  readonly #channel: BroadcastChannel;
  #deadline: ReturnType<typeof setTimeout> | undefined;
  #isHeld = true;

  private constructor(id: string, release: Release, events: LockEvents) {
    this.#release = release;
    this.#channel = new BroadcastChannel(nameOf(id));
    this.#channel.addEventListener('message', () => {
      if (this.#deadline === undefined) {
        events.onWanted();
        this.#deadline = setTimeout(() => {
          this.lose(events);
        }, HAND_OVER_MS);
      }
    });
  }

  /** False once another tab may write. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** null if another tab has it. With `takeOver` that tab is asked to hand it over, and loses it if it has stopped. */
  static async acquire(
    id: string,
    takeOver: boolean,
    events: LockEvents,
  ): Promise<ProjectLock | null> {
    let lock: ProjectLock | null = null;
    const onStolen = (): void => {
      lock?.lose(events);
    };
    if (takeOver) {
      ask(id);
    }
    const waitMs = takeOver ? STEAL_AFTER_MS : SETTLE_MS;
    let release = await request(id, { signal: AbortSignal.timeout(waitMs) }, onStolen);
    if (release === null && takeOver) {
      release = await request(id, { steal: true }, onStolen);
    }
    if (release !== null) {
      lock = new ProjectLock(id, release, events);
    }
    return lock;
  }

  release(): void {
    if (this.#isHeld) {
      this.#isHeld = false;
      clearTimeout(this.#deadline);
      this.#channel.close();
      this.#release();
    }
  }

  lose(events: LockEvents): void {
    if (this.#isHeld) {
      this.release();
      events.onLost();
    }
  }
}

/** Ids of the projects that any tab has open for writing. */
export async function openProjectIds(): Promise<Set<string>> {
  const { held } = await navigator.locks.query();
  return new Set(
    (held ?? []).flatMap(({ name }) =>
      name?.startsWith(PREFIX) === true ? [name.slice(PREFIX.length)] : [],
    ),
  );
}

const PREFIX = 'deltacut.project.';

function nameOf(id: string): string {
  return `${PREFIX}${id}`;
}

function ask(id: string): void {
  const channel = new BroadcastChannel(nameOf(id));
  channel.postMessage('wanted');
  channel.close();
}

/** Resolves to what gives the lock back, or to null if the wait was ended; `onStolen` is told when it is taken away. */
function request(id: string, options: LockOptions, onStolen: () => void): Promise<Release | null> {
  return new Promise((resolve, reject) => {
    let isGranted = false;
    navigator.locks
      .request(nameOf(id), options, () => {
        isGranted = true;
        return new Promise<void>((release) => {
          resolve(release);
        });
      })
      .catch((error: unknown) => {
        if (isGranted) {
          onStolen();
        } else if (error instanceof DOMException && error.name === 'TimeoutError') {
          resolve(null);
        } else {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
  });
}
