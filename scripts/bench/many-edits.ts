import { parseSaved, serialiseSaved } from '../../src/project/saved.ts';
import { addEdit } from '../../src/project/commands.ts';
import type { Edit } from '../../src/project/document.ts';
import { must } from '../../src/base/assert.ts';
import { ProjectFile } from '../../src/store/project-file/read-project-file.ts';
import { writeProjectFile } from '../../src/store/project-file/write-project-file.ts';

/** A project file of one clip with `count` edits more, spread evenly over its length, each ten times as long as its share. */
export async function withManyEdits(
  packed: Uint8Array<ArrayBuffer>,
  count: number,
  seconds: number,
): Promise<Uint8Array> {
  const file = new Blob([packed]);
  const saved = parseSaved((await ProjectFile.open(file)).text);
  const clip = must(saved.project.clips[0], 'a clip');
  let { project } = saved;
  for (let i = 1; i <= count; i++) {
    const from = Math.round(((i - 1) / count) * seconds * 1e6 * 0.9);
    const to = Math.min(seconds * 1e6, from + Math.round((seconds * 1e7) / count));
    project = addEdit(project, { edit: makeEdit(`edit ${i}`, clip.id, from, to, i) }).project;
  }
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>();
  const text = serialiseSaved({ ...saved, project });
  const [buffer] = await Promise.all([
    new Response(readable).arrayBuffer(),
    writeProjectFile(writable, text, [], () => undefined, new AbortController().signal),
  ]);
  return new Uint8Array(buffer);
}

function makeEdit(prompt: string, clipId: string, from: number, to: number, seed: number): Edit {
  return {
    id: crypto.randomUUID(),
    clipId,
    enabled: true,
    span: { from, to },
    prompt,
    promptKind: 'delta',
    negative: '',
    settings: {
      model: 'starter',
      steps: 2,
      size: 256,
      strength: 1,
      anchors: 4,
      mode: 'swap',
      seed,
    },
    amount: [{ time: from, value: 1 }],
    mask: null,
  };
}
