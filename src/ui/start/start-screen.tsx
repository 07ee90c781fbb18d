import { Clapperboard, FolderOpen, Play } from 'lucide-react';
import { useEffect } from 'react';
import { Button, FileTrigger } from 'react-aria-components';
import { useStore } from 'zustand';
import {
  cancelOpening,
  dropFiles,
  openSample,
  SAMPLE,
  VIDEO_FILES,
} from '../../app/commands/clip-commands.ts';
import { openProject, refreshProjects, showProjects } from '../../app/commands/project-commands.ts';
import { ago } from '../../app/ago.ts';
import { FIRST_PROMPTS } from '../../app/starter-prompts.ts';
import type { ProjectEntry } from '../../app/state/projects-store.ts';
import type { Phase } from '../../app/state/session-store.ts';
import { useApp, useSession } from '../context.ts';
import { Icon } from '../widgets/icon.tsx';
import { Keycaps } from '../widgets/keycaps.tsx';
import { Progress } from '../widgets/progress.tsx';
import './start.css';

const BACKDROP = new URL('samples/meadow-blur.webp', document.baseURI).href;

export function StartScreen() {
  const phase = useSession((state) => state.phase);
  return (
    <main className="start">
      <div className="start__zone" style={{ '--backdrop-picture': `url("${BACKDROP}")` }}>
        {phase.kind === 'opening' ? <Opening phase={phase} /> : <Welcome />}
      </div>
      <footer className="start__footer">
        <span>Sample: {SAMPLE.attribution}</span>
        <span className="start__hint">
          Press <Keycaps keys="?" /> for shortcuts
        </span>
      </footer>
    </main>
  );
}

function Welcome() {
  const app = useApp();
  return (
    <>
      <span className="start__icon">
        <Icon of={Clapperboard} size={36} />
      </span>
      <h1 className="start__title">Drop a clip, say what should change</h1>
      <p className="start__lead">
        It is decoded, edited and exported on this computer. Nothing is uploaded.
      </p>
      <div className="start__buttons">
        <FileTrigger
          acceptedFileTypes={VIDEO_FILES}
          allowsMultiple
          onSelect={(files) => {
            dropFiles(app, [...(files ?? [])]);
          }}
        >
          <Button className="button button--primary button--large">
            <Icon of={FolderOpen} /> Choose a file
          </Button>
        </FileTrigger>
        <Button className="button button--large" onPress={() => void openSample(app)}>
          <Icon of={Play} /> Try the sample
        </Button>
      </div>
      <div className="start__prompts">
        <span>or edit the sample</span>
        {FIRST_PROMPTS.map((prompt) => (
          <Button
            key={prompt}
            className="button button--small"
            onPress={() => void openSample(app, prompt)}
          >
            {prompt}
          </Button>
        ))}
      </div>
      <RecentProjects />
    </>
  );
}

/** As many as fit one line. */
const MOST_RECENT = 4;

function RecentProjects() {
  const app = useApp();
  const entries = useStore(app.projects, (state) => state.entries);
  useEffect(() => {
    void refreshProjects(app);
  }, [app]);
  const recent = (entries ?? []).filter(({ contents }) => contents !== null);
  if (recent.length === 0) {
    return null;
  }
  return (
    <div className="recent" role="group" aria-label="Projects">
      <p className="recent__head">
        or carry on with
        <Button
          className="button button--small button--quiet"
          onPress={() => {
            showProjects(app);
          }}
        >
          All projects…
        </Button>
      </p>
      <div className="recent__list">
        {recent.slice(0, MOST_RECENT).map((entry) => (
          <Button
            key={entry.id}
            className="recent__project"
            onPress={() => void openProject(app, entry.id)}
          >
            <strong className="one-line">{entry.name}</strong>
            <span className="one-line">{factsOf(entry)}</span>
          </Button>
        ))}
      </div>
    </div>
  );
}

/** Several projects may have one name: that of their clip. */
function factsOf({ contents, changedAt }: ProjectEntry): string {
  const edits = contents?.edits ?? 0;
  return `${edits} ${edits === 1 ? 'edit' : 'edits'} · ${ago(changedAt, Date.now())}`;
}

function Opening({ phase }: { phase: Extract<Phase, { kind: 'opening' }> }) {
  const app = useApp();
  return (
    <div className="start__opening" role="status">
      <span className="start__icon">
        <Icon of={Clapperboard} size={36} />
      </span>
      <h1 className="start__opening-title">
        Opening <span className="start__name">{phase.name}</span>
      </h1>
      <Progress label={`Opening ${phase.name}`} done={0} total={0} />
      <p className="start__lead">Reading its tracks and frame times.</p>
      <Button
        className="button"
        onPress={() => {
          cancelOpening(app);
        }}
      >
        Cancel
      </Button>
    </div>
  );
}
