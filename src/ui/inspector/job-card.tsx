import { CircleAlert, CircleCheck, CircleDot, CirclePause, History } from 'lucide-react';
import { Button } from 'react-aria-components';
import { previewEdit } from '../../app/commands/edit-commands.ts';
import {
  canPause,
  cancelJob,
  pauseJob,
  RUN_ALL,
  runAllEdits,
  runEdit,
} from '../../app/commands/job-commands.ts';
import type { EditStatus } from '../../app/edit-status.ts';
import { jobTitle } from '../../app/job-words.ts';
import { allEdited, amountDone, rateAndTimeLeft } from '../../app/progress-words.ts';
import type { Job } from '../../app/state/jobs-store.ts';
import type { OpenClip } from '../../app/state/session-store.ts';
import type { Edit } from '../../project/document.ts';
import type { JobProgress } from '../../protocol/engine.ts';
import { useApp } from '../context.ts';
import { useEditStatus } from '../use-edit-status.ts';
import { Icon } from '../widgets/icon.tsx';
import { Keycaps } from '../widgets/keycaps.tsx';
import { Progress } from '../widgets/progress.tsx';

/** Where the edit stands and what can be done about it. */
export function JobCard({ clip, edit }: { clip: OpenClip; edit: Edit }) {
  const status = useEditStatus(edit, clip.times);
  if (status === null) {
    return null;
  }
  return status.kind === 'running' && status.job !== null ? (
    <RunningCard job={status.job} />
  ) : (
    <RestingCard edit={edit} status={status} />
  );
}

export function RunningCard({ job }: { job: Job }) {
  const app = useApp();
  const { progress, state } = job;
  // Until the first frame is done there is no share to show, only that work goes on.
  const isMoving = progress !== null && progress.done > 0;
  const title = jobTitle(job);
  return (
    <div className="card" role="status" aria-label={title}>
      <div className="card__line">
        <strong>{title}</strong>
        <span className="card__dim">{amountDone(progress)}</span>
      </div>
      <Progress label={title} done={progress?.done ?? 0} total={isMoving ? progress.total : 0} />
      <div className="card__line">
        <span className="card__dim card__words">
          {isMoving ? rateAndTimeLeft(progress) : waitingWords(job)}
        </span>
        <span className="card__buttons">
          {job.kind === 'edit' ? (
            <Button
              className="button button--small button--quiet"
              isDisabled={!canPause(job)}
              onPress={() => {
                pauseJob(app, job.id);
              }}
            >
              Pause
            </Button>
          ) : null}
          <Button
            className="button button--small button--quiet"
            isDisabled={state === 'cancelling'}
            onPress={() => {
              cancelJob(app, job.id);
            }}
          >
            Cancel
          </Button>
        </span>
      </div>
    </div>
  );
}

const WHILE_WAITING: Partial<Record<JobProgress['stage'], string>> = {
  'loading-model': 'It stays loaded for the next edits.',
  rendering: 'The first frames take longest.',
};

function waitingWords({ state, progress }: Job): string {
  return state === 'running' && progress !== null ? (WHILE_WAITING[progress.stage] ?? '') : '';
}

function RestingCard({ edit, status }: { edit: Edit; status: EditStatus }) {
  const app = useApp();
  const { icon, tone, text, action } = resting(status);
  return (
    <div className={`card card--${tone}`}>
      <p className="card__text">
        <Icon of={icon} />
        <span>
          {text}
          {status.kind === 'failed' && status.job?.error !== null ? (
            <small className="code">{status.job?.error.code}</small>
          ) : null}
        </span>
      </p>
      {action === null ? null : (
        <div className="card__actions">
          <Button
            className="button button--small"
            onPress={() => {
              if (action === RUN_ALL) {
                runAllEdits(app);
              } else {
                void runEdit(app, edit.id);
              }
            }}
          >
            {action}
          </Button>
          <OtherAction edit={edit} status={status} />
        </div>
      )}
    </div>
  );
}

/** Beside the main action: a paused job can be given up, others tried on one frame before a long run. */
function OtherAction({ edit, status }: { edit: Edit; status: EditStatus }) {
  const app = useApp();
  const { job, kind } = status;
  if (kind === 'paused' && job !== null) {
    return (
      <Button
        className="button button--small button--quiet"
        onPress={() => {
          cancelJob(app, job.id);
        }}
      >
        Cancel
      </Button>
    );
  }
  if (kind === 'failed') {
    return null;
  }
  return (
    <Button
      className="button button--small button--quiet"
      aria-label="Preview this frame only"
      onPress={() => void previewEdit(app, edit.id)}
    >
      This frame <Keycaps keys="Shift+Enter" />
    </Button>
  );
}

function remedyOf({ job, done, nextFrame }: EditStatus): string {
  if (job?.error?.code === 'edit/below-missing') {
    return RUN_ALL;
  }
  return done === 0 ? 'Try again' : `Try again from frame ${nextFrame ?? 0}`;
}

function stoppedAt({ done, frames, nextFrame }: EditStatus): string {
  return done === 0
    ? 'Stopped before its first frame.'
    : `Stopped at frame ${nextFrame ?? 0}; ${done} of ${frames} frames are kept.`;
}

function resting(status: EditStatus) {
  const count = `${status.done} of ${status.frames} frames`;
  switch (status.kind) {
    case 'complete':
      return { icon: CircleCheck, tone: 'ok', text: allEdited(status.frames), action: null };
    case 'old':
      return {
        icon: History,
        tone: 'warning',
        text: 'Changed since it was run. The picture shows the old result.',
        action: 'Update',
      };
    case 'failed':
      return {
        icon: CircleAlert,
        tone: 'error',
        text: `${stoppedAt(status)} ${status.job?.error?.message ?? ''}`,
        action: remedyOf(status),
      };
    case 'paused':
      return {
        icon: CirclePause,
        tone: 'plain',
        text: status.done === 0 ? 'Paused.' : `Paused. ${count} are kept.`,
        action: 'Resume',
      };
    case 'partial':
    case 'running':
      return {
        icon: CircleDot,
        tone: 'plain',
        text: `${count} edited; they are kept.`,
        action: 'Carry on',
      };
    case 'empty':
      return { icon: CircleDot, tone: 'plain', text: 'No frame edited yet.', action: 'Run' };
  }
}
