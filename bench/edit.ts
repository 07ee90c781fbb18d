import type { Figures, Print } from './benchmark.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineSession } from '../scripts/edit/session.ts';
import { parseEditOptions } from '../scripts/edit/options.ts';
import { toProject } from '../scripts/edit/document.ts';
import { findModel } from '../scripts/edit/model.ts';
import { ROOT } from '../scripts/steps.ts';
import { measureGflops, STATED_GFLOPS } from './gflops.ts';

const SAMPLE = `${ROOT}/public/samples/meadow.webm`;
/** 48 frames at 24 frames per second. */
const SPAN = ['--from', '0', '--to', '2'];

/** The main job on the sample clip, cpu runtime, model load included; shares of time per stage. */
export async function benchEdit(print: Print): Promise<Figures> {
  const gflops = await measureGflops();
  const folder = await mkdtemp(join(tmpdir(), 'deltacut-bench-'));
  try {
    const options = parseEditOptions(
      [
        SAMPLE,
        '--prompt',
        'make it night',
        '-o',
        join(folder, 'out.webm'),
        '--runtime',
        'cpu',
        ...SPAN,
      ],
      folder,
    );
    const session = await EngineSession.open({
      input: options.input,
      runtime: options.runtime,
      framesDir: null,
      onEvent: () => {},
    });
    try {
      const { edit, export: exported } = await session.run({
        project: toProject(options, await findModel(options)),
        container: options.container,
        wantFrames: false,
      });
      const scale = STATED_GFLOPS / gflops;
      const fps = edit.edited / edit.seconds;
      const total = Object.values(edit.stages).reduce((sum, value) => sum + value, 0);
      const share = Object.fromEntries(
        Object.entries(edit.stages).map(([stage, value]) => [stage, value / total]),
      );
      print(`${gflops.toFixed(1)} GFLOP/s; figures in brackets are scaled to ${STATED_GFLOPS}`);
      print(
        `${edit.edited} frames in ${edit.seconds.toFixed(1)} s (${(edit.seconds / scale).toFixed(1)} s): ` +
          `${fps.toFixed(2)} frames/s (${(fps * scale).toFixed(2)}), ` +
          `first frame after ${edit.firstFrameSeconds.toFixed(1)} s`,
      );
      for (const [stage, value] of Object.entries(share)) {
        print(`  ${stage.padEnd(10)} ${(value * 100).toFixed(1).padStart(5)} %`);
      }
      print(`export of the ${exported.frames} frames: ${exported.seconds.toFixed(1)} s`);
      return {
        gflops,
        fps,
        fpsScaled: fps * scale,
        seconds: edit.seconds,
        secondsScaled: edit.seconds / scale,
        firstFrameSeconds: edit.firstFrameSeconds,
        share,
      };
    } finally {
      await session.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
