import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dropFile, openApp, openStart, type AppPage } from './support/app-page.ts';

let app: AppPage;

beforeAll(async () => {
  app = await openApp();
});

afterAll(async () => {
  await app.close();
});

async function openSample(): Promise<void> {
  const { page } = app;
  await openStart(app);
  await dropFile(page, '/samples/meadow.webm', 'meadow.webm', 'video/webm');
  await page.getByRole('combobox', { name: 'What should change' }).waitFor({ timeout: 60_000 });
  await toViewer();
}

/** Keys go to the page, not to a field. */
async function toViewer(): Promise<void> {
  await app.page.locator('#viewer').focus();
}

async function press(...keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    await app.page.keyboard.press(key);
  }
}

async function choose(...keys: readonly string[]): Promise<void> {
  await toViewer();
  await press(...keys);
  await app.page.getByRole('application').waitFor();
}

type Place = readonly [number, number];

async function pointsOf(...places: readonly Place[]): Promise<{ x: number; y: number }[]> {
  const box = await app.page.locator('.picture').boundingBox();
  if (box === null) {
    throw new Error('there is no picture');
  }
  return places.map(([x, y]) => ({ x: box.x + x * box.width, y: box.y + y * box.height }));
}

async function drag(...places: readonly Place[]): Promise<void> {
  const { mouse } = app.page;
  const [first, ...others] = await pointsOf(...places);
  await mouse.move(first?.x ?? 0, first?.y ?? 0);
  await mouse.down();
  for (const { x, y } of others) {
    await mouse.move(x, y, { steps: 3 });
  }
  await mouse.up();
}

/** Grey of the viewer's picture at places of it, 0 to 255, once it is drawn. */
async function greyAt(...places: readonly Place[]): Promise<number[]> {
  const { data, width, height, channels } = decode(
    await app.page.locator('.picture__host').screenshot(),
  );
  return places.map(([x, y]) => {
    const at = Math.round(y * (height - 1)) * width + Math.round(x * (width - 1));
    return Number(data[at * channels + 1] ?? -1);
  });
}

function handle(name: string) {
  return app.page.getByRole('button', { name, exact: true });
}

async function leftOf(name: string): Promise<number> {
  return (await handle(name).boundingBox())?.x ?? NaN;
}

describe('a mask drawn with the mouse', () => {
  it('is an ellipse with keyframes: dragged as one step of undo, taken back by Esc', async () => {
    const { page } = app;
    await openSample();
    await choose('m', 'o');
    await drag([0.4, 0.3], [0.7, 0.8]);
    await page.getByRole('button', { name: 'Mask: ellipse' }).waitFor();
    await page.getByRole('combobox', { name: 'What should change' }).fill('make it night');
    await press('Enter');
    const keys = page.getByRole('button', { name: /^Mask keyframe at/ });
    await keys.first().waitFor();
    await toViewer();
    await press('Escape');

    const before = await leftOf('Right edge');
    const { mouse } = page;
    const [from, to] = await pointsOf([0.55, 0.55], [0.45, 0.5]);
    await mouse.move(from?.x ?? 0, from?.y ?? 0);
    await mouse.down();
    await mouse.move(to?.x ?? 0, to?.y ?? 0, { steps: 3 });
    expect(await leftOf('Right edge')).toBeLessThan(before - 20);
    await press('Escape');
    await mouse.up();
    expect(await leftOf('Right edge')).toBeCloseTo(before, 0);

    await drag([0.55, 0.55], [0.5, 0.52], [0.45, 0.5]);
    const moved = await leftOf('Right edge');
    expect(moved).toBeLessThan(before - 20);
    await toViewer();
    await press('Control+z');
    expect(await leftOf('Right edge')).toBeCloseTo(before, 0);
    await press('Control+Shift+z');
    expect(await leftOf('Right edge')).toBeCloseTo(moved, 0);

    for (let frame = 0; frame < 24; frame++) {
      await press('ArrowRight');
    }
    await press('Alt+n');
    expect(await keys.count()).toBe(2);
    await drag([0.45, 0.5], [0.7, 0.5]);
    const there = await leftOf('Right edge');
    expect(there).toBeGreaterThan(moved + 100);
    await toViewer();
    await press('Shift+N');
    await expectLeft(moved);
    await press('n');
    await expectLeft(there);
    // Half way in time it is half way over; held, it waits.
    for (let frame = 0; frame < 12; frame++) {
      await press('ArrowLeft');
    }
    await expectLeft((moved + there) / 2);
    await keys.first().click();
    await press('m', 'h');
    await expectLeft(moved);
    await press('m', 'l');
    await expectLeft((moved + there) / 2);
    await press('Delete');
    expect(await keys.count()).toBe(1);
    await press('Control+z');
    expect(await keys.count()).toBe(2);
    expect(app.problems).toEqual([]);
  });

  it('is a path and a brush, seen as the export would take them', async () => {
    await openSample();
    await choose('m', 'p');
    for (const corner of [
      [0.1, 0.1],
      [0.45, 0.1],
      [0.45, 0.5],
      [0.1, 0.5],
      [0.1, 0.1],
    ] as const) {
      await drag(corner);
    }
    await handle('Point 4 of 4').waitFor();
    await choose('m', 'b');
    await drag([0.6, 0.75], [0.75, 0.75], [0.9, 0.75]);
    await press('x');
    await drag([0.75, 0.75], [0.76, 0.75]);
    await press('Escape');
    await app.page.getByRole('button', { name: 'Mask: 2 shapes' }).waitFor();
    await toViewer();
    await press('m', 'v');
    const places = [
      [0.3, 0.3],
      [0.6, 0.3],
      [0.64, 0.75],
      [0.75, 0.75],
      [0.3, 0.75],
    ] as const;
    await expect
      .poll(
        async () =>
          (await greyAt(...places)).map((grey) => (grey > 200 ? 1 : grey < 40 ? 0 : grey)),
        {
          timeout: 30_000,
        },
      )
      .toEqual([1, 0, 1, 0, 0]);
    expect(app.problems).toEqual([]);
  });
});

describe('a mask drawn with keys', () => {
  it('is a rectangle, a path and a brush', async () => {
    const { page } = app;
    await openSample();
    // From the middle of the picture to the right and down.
    await choose('m', 'r');
    await press('Enter');
    for (let i = 0; i < 4; i++) {
      await press('Shift+ArrowRight', 'Shift+ArrowDown');
    }
    await press('Enter');
    await page.getByRole('button', { name: 'Mask: rectangle' }).waitFor();
    const before = await leftOf('Right edge');
    await handle('Right edge').focus();
    await press('Shift+ArrowRight');
    expect(await leftOf('Right edge')).toBeGreaterThan(before + 20);

    await choose('m', 'p');
    await press('Enter', 'Enter');
    for (let i = 0; i < 4; i++) {
      await press('Shift+ArrowLeft');
    }
    await press('Enter', 'Enter');
    for (let i = 0; i < 4; i++) {
      await press('Shift+ArrowUp');
    }
    await press('Enter', 'Enter', 'c');
    await handle('Point 3 of 3').waitFor();

    await choose('m', 'b');
    await press(']', ']');
    await page.getByRole('button', { name: 'Brush: 18.8 % of the shorter side' }).waitFor();
    for (let i = 0; i < 8; i++) {
      await press('Shift+ArrowLeft');
    }
    await press('Space');
    for (let i = 0; i < 6; i++) {
      await press('Shift+ArrowDown');
    }
    await press('Space', 'Escape');
    await page.getByRole('button', { name: 'Mask: 3 shapes' }).waitFor();
    await toViewer();
    await press('m', 'v');
    await expect
      .poll(
        async () => (await greyAt([0.6, 0.6], [0.1, 0.65], [0.3, 0.8])).map((grey) => grey > 128),
        {
          timeout: 30_000,
        },
      )
      .toEqual([true, true, false]);
    expect(app.problems).toEqual([]);
  });
});

async function expectLeft(wanted: number): Promise<void> {
  await expect.poll(() => leftOf('Right edge')).toBeGreaterThan(wanted - 3);
  await expect.poll(() => leftOf('Right edge')).toBeLessThan(wanted + 3);
}
