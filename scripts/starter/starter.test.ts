import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/base/error.ts';
import { choosePhotos, type Dataset, type TestPhoto } from './dataset.ts';
import type { Planes } from './edits/planes.ts';
import { makeTarget, RECIPES } from './edits/registry.ts';
import { identify, impressionOf } from './identify.ts';
import { parseStarterOptions } from './options.ts';
import { composite, planesOf, psnr, transferOf } from './pixels.ts';
import { editTable, missedBars, summarise, summaryTable } from './report.ts';
import type { Outcome } from './run-pictures.ts';
import { shuffled } from './seeded.ts';
import { readTar } from './tar.ts';
import { WordingPlan } from './wordings.ts';

const THING = { a: 'a leopard', the: 'the leopard', noun: 'leopard' };
const OTHER = { a: 'an anchor', the: 'the anchor', noun: 'anchor' };

function photoOf(noun: string, isClear: boolean): TestPhoto {
  return {
    file: `${noun}.webp`,
    thing: { a: `a ${noun}`, the: `the ${noun}`, noun },
    size: { width: 256, height: 256 },
    webp: new Uint8Array(),
    mask: new Uint8Array(),
    isClear,
  };
}

const DATA: Dataset = {
  photos: [],
  things: [THING, OTHER],
  places: ['by a lake'],
  edits: [
    ...Object.keys(RECIPES).map((id) => ({
      id,
      heldout: [`${id} one {color}`, `${id} two {the}`],
      oblique: [`${id} riddle`],
    })),
    { id: 'bg_scenery', heldout: ['show {the} {where}'], oblique: [] },
    { id: 'add_object', heldout: ['add {a2} to {a}'], oblique: [] },
  ],
  colours: {
    red: { rgb: [200, 30, 35], train: ['red'], heldout: ['crimson'] },
    white: { rgb: [240, 240, 240], train: ['white'], heldout: ['ivory'] },
  },
};

/** Waves in all directions with a hard edge. */
function scene(): Planes {
  const [width, height] = [128, 96];
  const area = width * height;
  const data = Float32Array.from({ length: 3 * area }, (_, i) => {
    const channel = Math.floor(i / area);
    const [x, y] = [i % width, Math.floor((i % area) / width)];
    const wave = 0.5 + 0.3 * Math.sin(x / (5 + channel * 9)) * Math.cos(y / 13 - channel);
    return x > 75 ? wave * (0.5 + 0.2 * channel) : 1 - wave * 0.7;
  });
  return { channels: 3, width, height, data };
}

describe('archives', () => {
  it('reads the files of a USTAR archive and refuses what is none', () => {
    const archive = new Uint8Array(512 * 5);
    const put = (text: string, at: number) => archive.set(new TextEncoder().encode(text), at);
    put('a/first.webp', 0);
    put('00000000003\0', 124);
    put('0ustar', 156);
    archive.set([7, 8, 9], 512);
    put('second', 1024);
    put('00000000000\0', 1024 + 124);
    put('prefix', 1024 + 345);
    const files = readTar(archive);
    expect([...files.keys()]).toEqual(['a/first.webp', 'prefix/second']);
    expect([...(files.get('a/first.webp') ?? [])]).toEqual([7, 8, 9]);
    expect(() => readTar(new Uint8Array(1024).fill(65))).toThrow('no archive header');
  });
});

describe('choices', () => {
  it('depend on the seed alone', () => {
    const items = Array.from({ length: 50 }, (_, i) => i);
    expect(shuffled(items, 1, 2)).toEqual(shuffled(items, 1, 2));
    expect(shuffled(items, 1, 2)).not.toEqual(shuffled(items, 2, 2));
    expect(shuffled(items, 1, 2).toSorted((a, b) => a - b)).toEqual(items);
  });

  it('take clear photos of different classes', () => {
    const photos = [
      photoOf('cup', false),
      photoOf('ant', true),
      photoOf('ant', true),
      photoOf('bass', true),
      photoOf('crab', true),
    ];
    expect(choosePhotos(photos, 2).map(({ thing }) => thing.noun)).toEqual(['ant', 'bass']);
  });

  it('fill every place of a wording, with bright colours by trained names', () => {
    const plan = new WordingPlan(DATA, 1);
    const texts = Object.keys(RECIPES).flatMap((edit) => plan.ofEdit(edit, 0, THING));
    expect(texts.filter(({ text }) => /[{}]|undefined/.test(text))).toEqual([]);
    expect(new Set(texts.map(({ colour }) => colour))).toEqual(new Set(['red']));
    expect(plan.ofEdit('night', 1, THING)).toHaveLength(1);
    expect(plan.ofEdit('night', 0, THING).map(({ kind }) => kind)).toEqual(['plain', 'oblique']);
  });

  it('spread unknown prompts and colour names over the photos, each once', () => {
    const plan = new WordingPlan(DATA, 1);
    const photos = [0, 1, 2, 3];
    const unknown = photos.flatMap((photo) => plan.unknown(photo, 4, THING));
    expect(unknown.map(({ text }) => text)).toEqual(
      expect.arrayContaining(['show the leopard by a lake', 'add an anchor to a leopard']),
    );
    expect(new Set(unknown.map(({ text }) => text)).size).toBe(unknown.length);
    const tints = photos.flatMap((photo) => plan.tints(photo, 4, THING));
    expect(tints).toHaveLength(4);
    expect(
      tints
        .filter(({ isTrained }) => isTrained)
        .map(({ colour }) => colour)
        .toSorted(),
    ).toEqual(['red', 'white']);
  });
});

describe('identification', () => {
  it('knows every target of a picture through noise', { timeout: 120_000 }, () => {
    const source = scene();
    const mask: Planes = {
      ...source,
      channels: 1,
      data: Float32Array.from({ length: 128 * 96 }, (_, i) => (i % 128 > 50 ? 1 : 0)),
    };
    const inverse = { ...mask, data: mask.data.map((value) => 1 - value) };
    const targets = Object.entries(RECIPES).map(([name, { place }]) => {
      const made = makeTarget(name, source, [0.2, 0.7, 0.7]);
      const area = place === 'object' ? mask : inverse;
      return [name, place === 'all' ? made : composite(source, made, area)] as const;
    });
    const candidates = new Map(targets.map(([name, made]) => [name, impressionOf(made)]));
    const wrong = targets.flatMap(([name, made]) => {
      const data = made.data.map((value, i) => value + 0.03 * Math.sin(i * 12.9898));
      const found = identify(impressionOf({ ...made, data }), candidates);
      return found === name ? [] : [`${name} as ${found}`];
    });
    expect(wrong).toEqual([]);
  });

  it('pictures survive the way through the page within half a step', () => {
    const source = scene();
    const back = planesOf(transferOf(source));
    expect(psnr(back, source)).toBeGreaterThan(58);
    expect(psnr(source, source)).toBe(99);
  });
});

describe('report', () => {
  const outcome = (edit: string, identified: string, kind: Outcome['kind'] = 'plain'): Outcome => ({
    photo: 'a.webp',
    edit,
    kind,
    text: edit,
    steps: 2,
    identified,
    psnr: 20,
    psnrToBase: 30,
  });
  const figures = summarise(
    {
      outcomes: [
        outcome('night', 'night'),
        outcome('night', 'sunset'),
        outcome('cartoon', 'cartoon'),
        outcome('identity', 'identity'),
        outcome('night', 'rain', 'oblique'),
        outcome('bg_scenery', 'identity', 'unsupported'),
        { ...outcome('night', 'night'), steps: 4, psnr: 25 },
      ],
      oracle: [{ edit: 'night', identified: 'night' }],
      colours: [{ text: 'red', colour: 'red', isTrained: true, identified: 'red' }],
      vae: [31, 33],
    },
    ['night', 'cartoon', 'identity'],
    [2, 4],
  );

  it('counts what is right at the package’s own steps', () => {
    expect(figures.identification).toMatchObject({
      overall: 0.75,
      oblique: 0,
      oracle: 1,
      worst: { edit: 'night', rate: 0.5 },
      bySteps: { 2: 0.75, 4: 1 },
    });
    expect(figures.identification.perEdit['night']).toMatchObject({
      psnr: { 2: 20, 4: 25 },
      mistaken: { sunset: 1 },
    });
    expect(figures.psnr).toEqual({
      colour: 20,
      style: 20,
      object: null,
      identity: 30,
      unknown: 30,
    });
    expect(figures.colourNames).toEqual({ trained: 1, heldout: null });
    expect(figures.vae.psnr256).toBe(32);
  });

  it('names the missed bars and prints all of them', () => {
    const all = { gflops: 25, bytes: 41e6, ...figures };
    expect(missedBars(all)).toEqual([
      'identification',
      'worst edit (night)',
      'PSNR colour and weather, dB',
      'PSNR identity prompts, dB',
      'package, bytes',
    ]);
    const table = summaryTable(all).join('\n');
    expect(table).toMatch(/worst edit \(night\) +0\.500 +at least 0\.700 +MISSED/);
    expect(table).toMatch(/PSNR unknown prompts, dB +30\.00 +at least 26\.00 +ok/);
    expect(table).toContain('not run');
    expect(editTable(figures, [2, 4])[1]).toMatch(/^night .*sunset 1$/);
  });
});

describe('options', () => {
  it.each([
    [['--photos', '0'], '--photos takes a whole number from 1'],
    [['--only', 'night,dance'], '--only takes night'],
    [['--parts', 'sound'], '--parts takes pictures, steady, speed'],
    [['--data', 'nowhere'], 'There is no folder'],
    [['--loud'], 'loud'],
  ])('refuses %j', (args, words) => {
    const refused = (): unknown => parseStarterOptions([...args, '--clips', '/'], '/');
    expect(refused).toThrow(AppError);
    expect(refused).toThrow(words);
  });

  it('takes all edits by default', () => {
    const options = parseStarterOptions(['--data', '/', '--clips', '/', '--out', 'sheets'], '/tmp');
    expect(options).toMatchObject({ photos: 8, out: '/tmp/sheets', seed: 1, size: null });
    expect(options.edits).toHaveLength(45);
  });
});
