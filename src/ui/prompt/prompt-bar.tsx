import { CornerDownLeft, Info, ScanEye, Sparkles } from 'lucide-react';
import { useEffect, useRef, type KeyboardEvent } from 'react';
import { useStore } from 'zustand';
import { Button, Tooltip, TooltipTrigger } from 'react-aria-components';
import { readsPrompts } from '../../app/app.ts';
import { changeDraft, previewFrame, runDraft } from '../../app/commands/edit-commands.ts';
import { cancelJob } from '../../app/commands/job-commands.ts';
import { draftWarning } from '../../app/draft-reader.ts';
import { PROMPT_ID, VIEWER_ID } from '../../app/element-ids.ts';
import { storedFrameBytes } from '../../app/job-cost.ts';
import { STARTER_MODEL } from '../../app/model-info.ts';
import { expectedCost, stageName } from '../../app/progress-words.ts';
import { isUnderWay, lastRate, type Job } from '../../app/state/jobs-store.ts';
import { isKnownWish, KNOWN_WISHES } from '../../app/starter-prompts.ts';
import type { OpenClip } from '../../app/state/session-store.ts';
import { frameRange } from '../../project/frames.ts';
import { useApp, useEngine, useJobs, useOfProject, useSession } from '../context.ts';
import { Icon } from '../widgets/icon.tsx';
import { Keycaps } from '../widgets/keycaps.tsx';
import { Progress } from '../widgets/progress.tsx';
import { MaskChip } from './mask-chip.tsx';
import { SpanChip } from './span-chip.tsx';
import { optionId, Suggestions, useSuggestions } from './suggestions.tsx';
import './prompt.css';

/** The heart of the page: what should change, when, where. Enter makes the edit. */
export function PromptBar({ clip }: { clip: OpenClip }) {
  const app = useApp();
  const prompt = useSession((state) => state.draft.prompt);
  const input = useRef<HTMLInputElement>(null);
  const projectId = useOfProject(({ id }) => id);
  const list = useSuggestions(prompt);
  useEffect(() => {
    // Whoever types the project's name while its clip is being opened goes on typing it.
    if (!(document.activeElement instanceof HTMLInputElement)) {
      input.current?.focus();
    }
  }, [projectId]);
  const run = (): void => {
    list.close();
    if (runDraft(app)) {
      // Space and arrows play again; `/` comes back here.
      document.getElementById(VIEWER_ID)?.focus();
    }
  };
  const choose = (text: string): void => {
    changeDraft(app, { prompt: text });
    list.close();
    input.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing || list.onKey(event, choose)) {
      return;
    }
    if (event.key === 'Enter') {
      event.preventDefault();
      if (event.shiftKey) {
        list.close();
        void previewFrame(app);
      } else {
        run();
      }
    } else if (event.key === 'Escape') {
      document.getElementById(VIEWER_ID)?.focus();
    }
  };
  return (
    <div className="prompt-area">
      <div className="prompt" role="group" aria-label="New edit">
        <span className="prompt__icon">
          <Icon of={Sparkles} size={18} />
        </span>
        <input
          ref={input}
          id={PROMPT_ID}
          className="prompt__input"
          role="combobox"
          aria-label="What should change"
          aria-autocomplete="list"
          aria-expanded={list.isOpen}
          aria-controls="suggestions"
          {...(list.active === null ? {} : { 'aria-activedescendant': optionId(list.active) })}
          placeholder="Say what should change"
          autoComplete="off"
          spellCheck={false}
          value={prompt}
          onChange={(event) => {
            changeDraft(app, { prompt: event.target.value });
            list.open();
          }}
          onFocus={() => {
            app.session.setState({ selectedEdit: null });
          }}
          onBlur={list.close}
          onKeyDown={onKeyDown}
        />
        <SpanChip clip={clip} />
        <MaskChip />
        <PreviewButton />
        <Button className="button button--primary prompt__run" onPress={run}>
          Edit <Icon of={CornerDownLeft} size={14} />
        </Button>
        {list.isOpen ? <Suggestions list={list} typed={prompt} onChoose={choose} /> : null}
      </div>
      <PromptHint prompt={prompt} isQuiet={list.isOpen} onChoose={choose} />
    </div>
  );
}

function PreviewButton() {
  const app = useApp();
  return (
    <TooltipTrigger delay={400} closeDelay={0}>
      <Button
        className="icon-button"
        aria-label="Preview this frame"
        onPress={() => void previewFrame(app)}
      >
        <Icon of={ScanEye} />
      </Button>
      <Tooltip className="tooltip" offset={6}>
        Preview this frame only <Keycaps keys="Shift+Enter" />
      </Tooltip>
    </TooltipTrigger>
  );
}

type PromptHintProps = {
  readonly prompt: string;
  /** Suggestions lie over it. */
  readonly isQuiet: boolean;
  onChoose(text: string): void;
};

/** One quiet line under the prompt: ideas at first, then whether the model knows what was typed. */
function PromptHint({ prompt, isQuiet, onChoose }: PromptHintProps) {
  const hasEdits = (useOfProject(({ edits }) => edits.length) ?? 0) > 0;
  const text = prompt.trim();
  const cost = useCost();
  const warning = useWarning(text);
  const trying = useJobs((state) =>
    state.jobs.find((job) => job.kind === 'preview' && isUnderWay(job)),
  );
  const isTrial = useSession((state) => state.trial !== null);
  if (trying !== undefined) {
    return <TryingHint job={trying} />;
  }
  if (isTrial && warning === null) {
    return (
      <p className="prompt-hint" role="status">
        One frame is edited. <Keycaps keys="Enter" /> edits the whole span, another word tries
        again.
      </p>
    );
  }
  if (text !== '') {
    return (
      <p
        className={warning === null ? 'prompt-hint' : 'prompt-hint prompt-hint--warning'}
        role="status"
      >
        {warning === null ? null : <Icon of={Info} size={14} />}
        <span>{warning ?? (isQuiet ? '' : cost)}</span>
      </p>
    );
  }
  if (hasEdits) {
    return (
      <p className="prompt-hint">
        <Keycaps keys="/" /> next edit, on top of what is there · <Keycaps keys="\" /> hold for the
        source
      </p>
    );
  }
  return (
    <div className="prompt-hint">
      <span>for instance</span>
      {IDEAS.map((idea) => (
        <Button
          key={idea}
          className="button button--small button--idea"
          onPress={() => {
            onChoose(idea);
          }}
        >
          {idea}
        </Button>
      ))}
    </div>
  );
}

/** What the model can't make of the prompt: in its own words where it reads prompts, else by a list of words. */
function useWarning(prompt: string): string | null {
  const newest = useStore(useApp().draftReader.store, (state) => state.newest);
  const isRead = useEngine(readsPrompts);
  const isStarter = useEngine(
    ({ model }) => model.kind !== 'ready' || model.info.id === STARTER_MODEL,
  );
  if (isRead) {
    return draftWarning(newest, prompt);
  }
  return isStarter && prompt.length > 3 && !isKnownWish(prompt)
    ? 'The starter model was not trained on this and may change little. It knows light, weather, seasons, styles and colours.'
    : null;
}

/** How many frames the next edit has, how long they took lately, and the space they take. */
function useCost(): string {
  const clip = useSession((state) => state.clip);
  const span = useSession((state) => state.draft.span);
  const rate = useJobs(lastRate);
  const size = useEngine(({ model }) => (model.kind === 'ready' ? model.info.defaultSize : 0));
  if (clip === null) {
    return '';
  }
  const { from, to } = frameRange(clip.times, span ?? { from: 0, to: clip.info.duration });
  return expectedCost(to - from, rate, storedFrameBytes(size));
}

function TryingHint({ job }: { job: Job }) {
  const app = useApp();
  const words = job.state === 'cancelling' ? 'Stopping after this step' : stageName(job.progress);
  return (
    <div className="prompt-hint" role="status">
      <span>Preview of this frame: {words.toLowerCase()}</span>
      <span className="prompt-hint__bar">
        <Progress
          label="Preview of this frame"
          done={job.progress?.done ?? 0}
          total={job.progress?.total ?? 0}
        />
      </span>
      <Button
        className="button button--small button--idea"
        onPress={() => {
          cancelJob(app, job.id);
        }}
      >
        Cancel
      </Button>
    </div>
  );
}

/** The first of each group. */
const IDEAS = KNOWN_WISHES.filter(
  (wish, index) => KNOWN_WISHES.findIndex((other) => other.group === wish.group) === index,
)
  .slice(0, 5)
  .map((wish) => wish.prompt);
