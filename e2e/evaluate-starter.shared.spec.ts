import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { parseManifest } from '../src/models/manifest.ts';
import { ClipsPage } from '../scripts/starter/clips-page.ts';
import { measureSpeed, measureSteadiness } from '../scripts/starter/run-clips.ts';
import { runCli } from './support/cli.ts';

const PACKAGE = fileURLToPath(new URL('../public/models/starter/', import.meta.url));
const CLIPS = fileURLToPath(new URL('../../shared/clips', import.meta.url));

describe('npm run evaluate:starter', () => {
  it('judges a few edits of one photo and draws their sheets', async () => {
    const out = await mkdtemp(join(tmpdir(), 'deltacut-sheets-'));
    try {
      const what = ['--photos', '1', '--size', '128', '--only', 'night,tint,bg_gray'];
      const where = ['--parts', 'pictures', '--out', out, '--json'];
      const { code, stdout, stderr, json } = await runCli('evaluate-starter', [...what, ...where]);
      expect(stderr).not.toMatch(/^\s+at /m);
      expect(json).toMatchObject({
        gflops: expect.any(Number),
        edits: 3,
        identification: { oracle: 1, worst: { rate: expect.any(Number) } },
        psnr: { style: null, identity: null },
      });
      const figures = json as unknown as {
        identification: { overall: number; perEdit: Record<string, { rate: number }> };
        psnr: { colour: number; object: number; unknown: number };
        vae: { psnr256: number };
        bytes: number;
        missed: string[];
      };
      expect(Object.keys(figures.identification.perEdit)).toEqual(['night', 'tint', 'bg_gray']);
      // Half the size that the package is made for: far from its figures, further from no edit at all.
      expect(figures.identification.perEdit['night']?.rate).toBe(1);
      expect(figures.psnr.colour).toBeGreaterThan(15);
      expect(figures.psnr.unknown).toBeGreaterThan(20);
      expect(figures.vae.psnr256).toBeGreaterThan(20);
      expect(figures.bytes).toBeGreaterThan(1e6);
      expect(code).toBe(figures.missed.length > 0 ? 1 : 0);
      expect(stdout).toMatch(/^night +1\.00/m);
      expect((await readdir(out)).toSorted()).toEqual(['bg_gray.png', 'night.png', 'tint.png']);
      const sheet = decode(await readFile(join(out, 'night.png')));
      // Source, target and two numbers of steps side by side.
      expect(sheet.width).toBeGreaterThan(4 * 96);
      expect(new Set(sheet.data).size).toBeGreaterThan(100);
    } finally {
      await rm(out, { recursive: true, force: true });
    }
  });

  it('measures steadiness and speed of edited clips', async () => {
    const manifest = parseManifest(JSON.parse(await readFile(`${PACKAGE}manifest.json`, 'utf8')));
    expect(existsSync(join(CLIPS, 'bunny-20s-480p.mp4'))).toBe(true);
    const page = await ClipsPage.open();
    try {
      const options = {
        folder: CLIPS,
        model: 'starter',
        manifest,
        seed: 1,
        size: 64,
        frames: 3,
        onProgress: () => undefined,
      };
      const prompts = [{ group: 'colour', prompt: 'at midnight' }] as const;
      const steady = await measureSteadiness(page, options, ['person-10fps.mp4'], prompts);
      const [row] = steady.rows;
      expect(row?.swap.source).toBeGreaterThan(0);
      expect(row?.swap.edited).not.toBe(row?.independent.edited);
      expect(steady.colour).toBe(row?.swap.ratio);
      const speeds = await measureSpeed(page, options, [2]);
      expect(speeds.get(2)).toBeGreaterThan(0);
    } finally {
      await page.close();
    }
  });
});
