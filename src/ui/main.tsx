import '@fontsource-variable/inter/wght.css';
import './styles/tokens.css';
import './styles/base.css';
import './widgets/widgets.css';
import { createRoot } from 'react-dom/client';
import { createApp, setupFromAddress, startEngine } from '../app/app.ts';
import { listenForKeys } from '../app/commands/keys.ts';
import { reopenLast } from '../app/commands/project-commands.ts';
import { askToPersist } from '../app/commands/persistence.ts';
import { flushOnLeave } from '../app/commands/saving-commands.ts';
import { restoreSnapping } from '../app/commands/snap-commands.ts';
import { keptSetup } from '../app/state/settings-store.ts';
import { missingFeatures, probeBrowser } from '../app/support.ts';
import { must } from '../base/assert.ts';
import { AppContext } from './context.ts';
import { noteInput } from '../app/note-input.ts';
import { showProgressInTitle } from '../app/page-title.ts';
import { Root } from './root.tsx';

const activity = noteInput(new AbortController().signal);
const app = createApp(setupFromAddress(location.search, keptSetup()), activity);
const missing = missingFeatures(probeBrowser());

createRoot(must(document.getElementById('root'), 'the root element')).render(
  <AppContext value={app}>
    <Root missing={missing} />
  </AppContext>,
);

if (missing.length === 0) {
  restoreSnapping(app);
  listenForKeys(app, new AbortController().signal);
  showProgressInTitle(app);
  flushOnLeave(app);
  askToPersist(app);
  void reopenLast(app);
  // The first picture of the page comes first; the badges can wait for an idle moment.
  whenIdle(() => void startEngine(app));
}

/** Not every browser tells when it is idle. */
function whenIdle(run: () => void): void {
  if ('requestIdleCallback' in window) {
    requestIdleCallback(run, { timeout: 1500 });
  } else {
    setTimeout(run, 500);
  }
}
