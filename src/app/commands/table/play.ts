import {
  seekCut,
  seekIndex,
  shuttle,
  step,
  toggleMuted,
  togglePlay,
} from '../transport-commands.ts';
import { command, type Command } from './command.ts';

export const PLAY_COMMANDS: readonly Command[] = [
  command('play', 'Play', 'Play or pause', ['Space', 'K'], togglePlay),
  command('faster', 'Play', 'Faster', ['L'], (app) => {
    shuttle(app, 1);
  }),
  command('slower', 'Play', 'Slower, then back', ['J'], (app) => {
    shuttle(app, -1);
  }),
  command('next-frame', 'Play', 'One frame on', ['ArrowRight'], (app) => {
    step(app, 1);
  }),
  command('previous-frame', 'Play', 'One frame back', ['ArrowLeft'], (app) => {
    step(app, -1);
  }),
  command('next-10', 'Play', 'Ten frames on', ['Shift+ArrowRight'], (app) => {
    step(app, 10);
  }),
  command('previous-10', 'Play', 'Ten frames back', ['Shift+ArrowLeft'], (app) => {
    step(app, -10);
  }),
  command('start', 'Play', 'To the first frame', ['Home'], (app) => {
    seekIndex(app, 0);
  }),
  command('end', 'Play', 'To the last frame', ['End'], (app) => {
    seekIndex(app, Infinity);
  }),
  command('previous-cut', 'Play', 'To the cut before', ['ArrowUp'], (app) => {
    seekCut(app, -1);
  }),
  command('next-cut', 'Play', 'To the next cut', ['ArrowDown'], (app) => {
    seekCut(app, 1);
  }),
  command('loop', 'Play', 'Loop on, off', ['Ctrl+L'], (app) => {
    app.session.setState((state) => ({ loop: !state.loop }));
  }),
  command('mute', 'Play', 'Sound on, off', ['Shift+M'], toggleMuted),
];
