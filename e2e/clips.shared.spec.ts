import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Colour, Inspection } from './browser/inspect-clip.ts';
import { openHarness, type Harness } from './support/browser.ts';
import { runCli } from './support/cli.ts';

const CLIPS = fileURLToPath(new URL('../../shared/clips', import.meta.url));

type Clip = {
  file: string;
  frames: number;
  duration: number;
  display_width: number;
  display_height: number;
  audio: { content: string } | null;
};

/** The checks run without the folder too (`npm run check` only loads this file), hence the guard. */
const clips: readonly Clip[] = existsSync(`${CLIPS}/clips.json`)
  ? (JSON.parse(readFileSync(`${CLIPS}/clips.json`, 'utf8')) as { clips: Clip[] }).clips
  : [];

const NIGHT = 'make it night';
const GREY = 'black and white';
const RED = 'make it red';
const PROMPTS = [NIGHT, GREY, RED] as const;

/** Edited to the end; all others for their first second. */
const WHOLE = ['sign-5frames.mkv', 'person-10fps.mp4'];

let harness: Harness;
let folder = '';

beforeAll(async () => {
  harness = await openHarness();
  folder = await mkdtemp(join(tmpdir(), 'deltacut-clips-'));
});

afterAll(async () => {
  await harness.close();
  await rm(folder, { recursive: true, force: true });
});

async function inspect(path: string, frames: readonly number[]): Promise<Inspection> {
  const name = await harness.provideFile(path);
  return await harness.call<Inspection>('e2e/browser/inspect-clip.ts', 'inspectClip', name, frames);
}

async function pngColour(path: string): Promise<Colour> {
  const { data, channels, width, height } = decode(await readFile(path));
  const sum = { luma: 0, chroma: 0, red: 0, green: 0, blue: 0 };
  for (let i = 0; i < data.length; i += channels) {
    const [r = 0, g = 0, b = 0] = [data[i], data[i + 1], data[i + 2]];
    sum.red += r;
    sum.green += g;
    sum.blue += b;
    sum.luma += 0.299 * r + 0.587 * g + 0.114 * b;
    sum.chroma +=
      (Math.abs(-0.168736 * r - 0.331264 * g + 0.5 * b) +
        Math.abs(0.5 * r - 0.418688 * g - 0.081312 * b)) /
      2;
  }
  const pixels = width * height;
  return {
    luma: sum.luma / pixels,
    chroma: sum.chroma / pixels,
    red: sum.red / pixels,
    green: sum.green / pixels,
    blue: sum.blue / pixels,
  };
}

/** Empty where the picture changed the way the prompt says, else what is wrong. */
function effectMissing(prompt: string, before: Colour, after: Colour): string {
  const redness = (c: Colour) => c.red - (c.green + c.blue) / 2;
  const reached: Record<string, boolean> = {
    [NIGHT]: after.luma < before.luma * 0.7,
    [GREY]: after.chroma < 4,
    [RED]:
      redness(after) > redness(before) + 15 && after.red > after.green && after.red > after.blue,
  };
  return reached[prompt] === true ? '' : `${prompt}: ${JSON.stringify({ before, after })}`;
}

describe.each(clips.map((clip, i) => ({ clip, prompt: PROMPTS[i % PROMPTS.length] ?? NIGHT })))(
  'npm run edit on $clip.file',
  ({ clip, prompt }) => {
    it(`“${prompt}”: frames, times, size and sound kept; the picture changes as asked`, async () => {
      const source = join(CLIPS, clip.file);
      const isWhole = WHOLE.includes(clip.file);
      const out = join(folder, `${clip.file}.${clip.file.endsWith('.webm') ? 'webm' : 'mp4'}`);
      const frames = join(folder, `${clip.file}-frames`);
      const run = await runCli('edit', [
        source,
        '--prompt',
        prompt,
        '-o',
        out,
        '--json',
        '--runtime',
        'cpu',
        '--size',
        '192',
        '--frames-dir',
        frames,
        ...(isWhole ? [] : ['--to', '1']),
      ]);
      expect(run.stderr).not.toMatch(/^\s+at /m);
      expect({ code: run.code, stderr: run.stderr }).toMatchObject({ code: 0 });

      const outside = clip.frames - 1;
      const before = await inspect(source, [outside]);
      const after = await inspect(out, [outside]);
      expect(before.times).toHaveLength(clip.frames);
      expect(after.times).toHaveLength(clip.frames);
      expect([after.info.width, after.info.height]).toEqual([
        clip.display_width,
        clip.display_height,
      ]);
      // Half a tick of the output: WebM counts milliseconds, MP4 finer.
      const tick = out.endsWith('.webm') ? 1000 : 1000 / 3;
      const worst = Math.max(...after.times.map((t, i) => Math.abs(t - (before.times[i] ?? 0))));
      expect(worst).toBeLessThanOrEqual(tick / 2 + 1);
      const frameTime = before.info.duration / clip.frames;
      expect(Math.abs(after.info.duration - before.info.duration)).toBeLessThanOrEqual(frameTime);
      expect(after.info.audio === null).toBe(clip.audio === null);

      const pictures = (await readdir(frames)).sort();
      const edited = isWhole ? clip.frames : before.times.filter((t) => t < 1e6).length;
      expect(pictures).toHaveLength(edited);
      // The last one of the span: a clip may begin with a fade from black, where no prompt shows.
      const { colours } = await inspect(source, [edited - 1]);
      const judged = colours[edited - 1];
      const last = before.colours[outside];
      const lastAfter = after.colours[outside];
      if (judged === undefined || last === undefined || lastAfter === undefined) {
        throw new Error('a frame that was asked for is missing');
      }
      const shown = await pngColour(join(frames, pictures.at(-1) ?? ''));
      expect(effectMissing(prompt, judged, shown)).toBe('');
      const moved = isWhole
        ? 0
        : Math.max(Math.abs(lastAfter.luma - last.luma), Math.abs(lastAfter.chroma - last.chroma));
      expect(moved).toBeLessThan(3);
    });
  },
);

describe('sound', () => {
  it.each(['juggle-portrait-rotated.mp4', 'coffee-vfr.mp4'])(
    '%s: the beeps stay where they were',
    async (file) => {
      const onsets = async (path: string) =>
        await harness.call<number[]>(
          'e2e/browser/inspect-clip.ts',
          'soundOnsets',
          await harness.provideFile(path),
        );
      const before = await onsets(join(CLIPS, file));
      const after = await onsets(join(folder, `${file}.mp4`));
      expect(before.length).toBeGreaterThanOrEqual(3);
      expect(after).toHaveLength(before.length);
      const drift = Math.max(...after.map((time, i) => Math.abs(time - (before[i] ?? 0))));
      expect(drift).toBeLessThan(0.02);
    },
  );
});
