import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { Button, Label, Radio, RadioGroup } from 'react-aria-components';
import { useStore } from 'zustand';
import {
  clearExport,
  exportStore,
  startExport,
  unfinishedEdits,
  type ExportDone,
  type ExportState,
} from '../../app/commands/export-commands.ts';
import {
  canChooseTarget,
  download,
  encodableContainers,
  type Container,
} from '../../app/export.ts';
import { findClip, leadingClip, letterboxedClips, shownSequence } from '../../app/sequence.ts';
import type { OpenClip } from '../../app/state/session-store.ts';
import { byteSize, clipLength, lengthInWords } from '../../app/time.ts';
import type { AppError } from '../../base/error.ts';
import { toAppError } from '../../base/error.ts';
import { useApp, useJobs, useProject, useSession } from '../context.ts';
import { RunningCard } from '../inspector/job-card.tsx';
import { Icon } from '../widgets/icon.tsx';
import { ModalBox } from './modal.tsx';

export function ExportDialog({ clip: shown }: { clip: OpenClip }) {
  const app = useApp();
  const project = useProject();
  const clips = useSession((state) => state.clips);
  const clip = (project === null ? undefined : leadingClip(project, clips)) ?? shown;
  const isOpen = useSession((state) => state.dialog === 'export');
  const state = useStore(exportStore);
  const [container, setContainer] = useState<Container | null>(null);
  return (
    <ModalBox
      title={state.kind === 'done' ? 'Exported' : 'Export'}
      isOpen={isOpen}
      onClose={() => {
        app.session.setState({ dialog: null });
      }}
    >
      <ExportBody
        state={state}
        settings={<Settings clip={clip} chosen={container} onChoose={setContainer} />}
      />
    </ModalBox>
  );
}

function ExportBody({ state, settings }: { state: ExportState; settings: ReactNode }) {
  switch (state.kind) {
    case 'running':
      return <Running jobId={state.jobId} name={state.name} />;
    case 'done':
      return <Done done={state.done} />;
    case 'failed':
      return (
        <>
          <Failure error={state.error} />
          {settings}
        </>
      );
    case 'cancelled':
      return (
        <>
          <p className="dialog__message dialog__message--info" role="status">
            <Icon of={Info} />
            <span>Cancelled. Nothing was written.</span>
          </p>
          {settings}
        </>
      );
    case 'idle':
      return settings;
  }
}

function Failure({ error }: { error: AppError }) {
  return (
    <p className="dialog__message dialog__message--error" role="alert">
      <Icon of={CircleAlert} />
      <span>
        {error.message} Nothing was written.
        <small className="code">{error.code}</small>
      </span>
    </p>
  );
}

const FORMATS: Record<Container, { title: string; hint: string }> = {
  mp4: { title: 'MP4', hint: 'H.264, plays everywhere' },
  webm: { title: 'WebM', hint: 'VP9, for the web' },
};

function useContainers(clip: OpenClip) {
  const [found, setFound] = useState<readonly Container[] | AppError | null>(null);
  useEffect(() => {
    let isCurrent = true;
    encodableContainers(clip.info).then(
      (containers) => {
        if (isCurrent) {
          setFound(containers);
        }
      },
      (error: unknown) => {
        if (isCurrent) {
          setFound(toAppError(error, 'media/no-encoder'));
        }
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [clip]);
  return found;
}

type SettingsProps = {
  readonly clip: OpenClip;
  /** Null: the first that this browser can write. */
  readonly chosen: Container | null;
  onChoose(container: Container): void;
};

function Settings({ clip, chosen, onChoose }: SettingsProps) {
  const app = useApp();
  const found = useContainers(clip);
  if (found !== null && !Array.isArray(found)) {
    return <Failure error={found as AppError} />;
  }
  const containers = (found ?? []) as readonly Container[];
  const container = chosen ?? containers[0] ?? 'mp4';
  return (
    <>
      <RadioGroup
        className="formats"
        value={container}
        onChange={(value) => {
          onChoose(value as Container);
        }}
      >
        <Label className="visually-hidden">Format</Label>
        {containers.map((one) => (
          <Radio key={one} value={one} className="format" aria-label={FORMATS[one].title}>
            <strong>{FORMATS[one].title}</strong>
            <span>{FORMATS[one].hint}</span>
          </Radio>
        ))}
      </RadioGroup>
      <Facts />
      <Warnings />
      <div className="dialog__buttons">
        <Button
          className="button button--primary"
          isDisabled={found === null}
          onPress={() => void startExport(app, container)}
        >
          {canChooseTarget() ? 'Choose where to save' : 'Export and download'}
        </Button>
      </div>
    </>
  );
}

/** What will be written: the cut as it stands on the timeline. */
function Facts() {
  const project = useProject();
  const clips = useSession((state) => state.clips);
  const leading = project === null ? undefined : leadingClip(project, clips);
  if (project === null || leading === undefined) {
    return null;
  }
  const { sequence, count, pieces } = shownSequence(project, clips);
  const { width, height, name, duration } = leading.info;
  const isWhole = pieces.length === 1 && sequence.duration === duration;
  const boxed = letterboxedClips(project, clips);
  const isSilent = pieces.every(
    ({ piece }) => (findClip(clips, piece.clipId)?.soundStart ?? null) === null,
  );
  return (
    <>
      <dl className="facts">
        <dt>Picture</dt>
        <dd>
          {width} × {height}, {clips.length > 1 ? `the size of “${name}”` : 'the clip’s own size'}
        </dd>
        <dt>Length</dt>
        <dd>
          {clipLength(sequence.duration)}, all {count} frames at their own times
          {isWhole ? '' : `, ${pieces.length} ${pieces.length === 1 ? 'piece' : 'pieces'}`}
        </dd>
        <dt>Sound</dt>
        <dd>
          {isSilent
            ? 'none'
            : isWhole
              ? 'the clip’s own, in sync'
              : 'cut with the pictures, encoded again'}
        </dd>
      </dl>
      {boxed.length === 0 ? null : (
        <p className="dialog__message">
          <Icon of={TriangleAlert} />
          <span>
            {boxed.map(({ info }) => `“${info.name}”`).join(', ')}{' '}
            {boxed.length === 1 ? 'has' : 'have'} another shape: shown whole, with black beside it.
          </span>
        </p>
      )}
    </>
  );
}

function Warnings() {
  const app = useApp();
  const project = useProject();
  useJobs((state) => state.pictures);
  const isSolo = useSession((state) => state.soloEdit !== null);
  const unfinished = unfinishedEdits(app).map((one) => (
    <p className="dialog__message" key={one.editId}>
      <Icon of={TriangleAlert} />
      <span>
        {one.stale
          ? `“${one.prompt}” was changed since it was run: its old result is exported. `
          : null}
        {one.done < one.of
          ? `“${one.prompt}” has ${one.done} of ${one.of} frames. The others are exported as they are in the clip.`
          : null}
      </span>
    </p>
  ));
  if (project?.edits.some(({ enabled }) => enabled) !== true) {
    return <NoEditsNote />;
  }
  return isSolo ? [<SoloNote key="solo" />, ...unfinished] : unfinished;
}

function NoEditsNote() {
  return (
    <p className="dialog__message dialog__message--info">
      <Icon of={Info} />
      <span>No edit is switched on: the clip is exported as it is.</span>
    </p>
  );
}

/** Solo is a way of looking: what is exported is not what is on screen. */
function SoloNote() {
  return (
    <p className="dialog__message">
      <Icon of={TriangleAlert} />
      <span>One edit is shown alone (solo). The export has all edits that are switched on.</span>
    </p>
  );
}

function Running({ jobId, name }: { jobId: string; name: string }) {
  const app = useApp();
  const job = useJobs((state) => state.jobs.find((one) => one.id === jobId));
  return (
    <>
      <p className="dialog__text one-line" title={name}>
        {name}
      </p>
      {job === undefined ? null : <RunningCard job={job} />}
      <div className="dialog__buttons">
        <Button
          className="button"
          onPress={() => {
            app.session.setState({ dialog: null });
          }}
        >
          Keep editing meanwhile
        </Button>
      </div>
    </>
  );
}

const SOUND: Record<ExportDone['summary']['audioHandling'], string> = {
  copied: 'copied as it was',
  transcoded: 're-encoded',
  none: 'none',
};

function Done({ done }: { done: ExportDone }) {
  const { summary, url, name, file } = done;
  return (
    <>
      {/* oxlint-disable-next-line jsx-a11y/media-has-caption -- the person's own film, captions unknown */}
      <video className="result" src={url} controls aria-label="The exported video" />
      <p className="dialog__message dialog__message--ok">
        <Icon of={CircleCheck} />
        <span className="dialog__file">{name}</span>
      </p>
      <dl className="facts">
        <dt>Picture</dt>
        <dd>
          {summary.width} × {summary.height}, {summary.video}
        </dd>
        <dt>Length</dt>
        <dd>
          {clipLength(summary.duration * 1e6)}, {summary.frames} frames
        </dd>
        <dt>Sound</dt>
        <dd>
          {summary.audio === null ? 'none' : `${summary.audio}, ${SOUND[summary.audioHandling]}`}
        </dd>
        <dt>Size</dt>
        <dd>
          {byteSize(file.size)}, in {lengthInWords(summary.seconds)}
        </dd>
      </dl>
      {summary.notices.map((text) => (
        <p className="dialog__message" key={text}>
          <Icon of={TriangleAlert} />
          <span>{text}</span>
        </p>
      ))}
      <div className="dialog__buttons">
        <Button className="button" onPress={clearExport}>
          Export again
        </Button>
        <Button className="button" onPress={() => window.open(url, '_blank')}>
          Open
        </Button>
        <Button
          className="button button--primary"
          onPress={() => {
            download(url, name);
          }}
        >
          {done.chosen ? 'Save a copy' : 'Save again'}
        </Button>
      </div>
    </>
  );
}
