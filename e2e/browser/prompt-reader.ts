import { createHttpSource, type PackageSource } from '../../src/engine/package-source.ts';
import { Engine } from '../../src/engine/service.ts';
import { toAppError } from '../../src/base/error.ts';
import type { RuntimeChoice } from '../../src/protocol/engine.ts';
import type { PromptReading } from '../../src/protocol/prompt-reading.ts';
import { projectOf } from './engine.ts';
import { makeClip } from './make-clip.ts';

/** Files (base64) that stand in for those of the package beside the app. */
type Overlay = Readonly<Record<string, string>>;

function overlaid(id: string, overlay: Overlay): PackageSource {
  const inner = createHttpSource(id, new URL('/', location.origin));
  return {
    id,
    read: async (path, signal, onBytes) => {
      const text = overlay[path];
      if (text === undefined) {
        return await inner.read(path, signal, onBytes);
      }
      return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    },
  };
}

async function openEngine(overlay: Overlay, runtime: RuntimeChoice, name: string): Promise<Engine> {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle(name, { create: true });
  const engine = new Engine({ findSource: (id) => overlaid(id, overlay), folder });
  await engine.start({ choice: runtime, bankBytes: null });
  return engine;
}

/** What an engine reads in prompts, and how long each took (seconds). */
export async function readPrompts(
  overlay: Overlay,
  runtime: RuntimeChoice,
  prompts: readonly string[],
): Promise<{ readings: (PromptReading | null)[]; seconds: number[] }> {
  const engine = await openEngine(overlay, runtime, 'reader');
  const readings: (PromptReading | null)[] = [];
  const seconds: number[] = [];
  try {
    for (const prompt of prompts) {
      const started = performance.now();
      readings.push(await engine.readPrompt('starter', prompt));
      seconds.push((performance.now() - started) / 1000);
    }
    return { readings, seconds };
  } finally {
    engine.dispose();
  }
}

/** Runs an edit and reads another prompt while it runs. What was heard, in order. */
export async function readDuringEdit(
  overlay: Overlay,
  prompt: string,
  other: string,
  promptKind: 'delta' | 'caption' = 'delta',
): Promise<{ heard: string[]; edited: number; readings: PromptReading[] }> {
  const engine = await openEngine(overlay, 'cpu', `reader-${crypto.randomUUID()}`);
  const heard: string[] = [];
  const readings: PromptReading[] = [];
  const asides: Promise<void>[] = [];
  const project = projectOf({ prompt });
  const edits = project.edits.map((edit) => ({ ...edit, promptKind }));
  try {
    const source = await makeClip({ width: 192, height: 128, frames: 8, frameRate: 10 });
    const request = { jobId: 'job', source, project: { ...project, edits }, editId: 'edit' };
    const summary = await engine.edit(request, (event) => {
      if (event.kind === 'reading') {
        heard.push('reading');
        readings.push(event.reading);
      } else if (event.kind === 'frames') {
        heard.push('frames');
      } else if (event.kind === 'progress' && event.progress.stage === 'preparing') {
        if (asides.length === 0) {
          const read = engine.readPrompt('starter', other).then(
            (answer) => {
              heard.push(`read ${answer?.asked.join() ?? 'nothing'}`);
            },
            (error: unknown) => {
              heard.push(toAppError(error, 'internal/assert').message);
            },
          );
          asides.push(read);
        }
      }
    });
    heard.push('done');
    await Promise.all(asides);
    return { heard, edited: summary.edited, readings };
  } finally {
    engine.dispose();
  }
}
