import {
  Ban,
  CircleAlert,
  CircleCheck,
  Clapperboard,
  Pause,
  Play,
  RotateCcw,
  X,
  CirclePause,
  Clock,
  type LucideIcon,
} from 'lucide-react';
import {
  canPause,
  cancelJob,
  pauseJob,
  resumeJob,
  runEdit,
  showJob,
} from '../../app/commands/job-commands.ts';
import { jobLine } from '../../app/job-words.ts';
import { isOpen, type Job, type JobState } from '../../app/state/jobs-store.ts';
import { useApp, useJobs, useProject } from '../context.ts';
import { IconButton } from '../widgets/icon-button.tsx';
import { Icon } from '../widgets/icon.tsx';
import { Progress } from '../widgets/progress.tsx';
import { Spinner } from '../widgets/spinner.tsx';

const ICONS: Record<JobState, LucideIcon | 'spinner'> = {
  waiting: Clock,
  running: 'spinner',
  pausing: 'spinner',
  cancelling: 'spinner',
  paused: CirclePause,
  done: CircleCheck,
  cancelled: Ban,
  failed: CircleAlert,
};

const KINDS: Record<Job['kind'], string> = { edit: '', preview: 'Preview: ', export: 'Export: ' };

/** One job of the list. Its name leads to what it is about. */
export function JobItem({ job }: { job: Job }) {
  const app = useApp();
  const line = useJobs((state) => jobLine(state, job));
  const { progress, state, title } = job;
  const icon = job.kind === 'export' && state === 'waiting' ? Clapperboard : ICONS[state];
  const share = progress !== null && progress.done > 0 ? progress.total : 0;
  return (
    <li className={`job job--${state}`}>
      <span className="job__icon">{icon === 'spinner' ? <Spinner /> : <Icon of={icon} />}</span>
      <button
        type="button"
        className="job__title one-line"
        title={title}
        onClick={() => {
          showJob(app, job);
        }}
      >
        {KINDS[job.kind]}
        {title}
      </button>
      <JobButtons job={job} />
      <p className="job__line">{line}</p>
      {isOpen(job) && state !== 'waiting' ? (
        <div className="job__progress">
          <Progress
            label={`Progress of ${title}`}
            done={progress?.done ?? 0}
            total={state === 'paused' ? Math.max(1, share) : share}
          />
        </div>
      ) : null}
    </li>
  );
}

function JobButtons({ job }: { job: Job }) {
  const app = useApp();
  const edits = useProject()?.edits ?? [];
  const { editId, id, kind, state, title } = job;
  const mayRetry =
    kind === 'edit' &&
    (state === 'failed' || state === 'cancelled') &&
    edits.some((edit) => edit.id === editId);
  return (
    <span className="job__buttons">
      {canPause(job) ? (
        <IconButton
          icon={Pause}
          label={`Pause “${title}”`}
          small
          onPress={() => {
            pauseJob(app, id);
          }}
        />
      ) : null}
      {state === 'paused' ? (
        <IconButton
          icon={Play}
          label={`Resume “${title}”`}
          small
          onPress={() => {
            resumeJob(app, id);
          }}
        />
      ) : null}
      {mayRetry && editId !== null ? (
        <IconButton
          icon={RotateCcw}
          label={`Run “${title}” again, from the first frame that is missing`}
          small
          onPress={() => void runEdit(app, editId)}
        />
      ) : null}
      {isOpen(job) ? (
        <IconButton
          icon={X}
          label={`Cancel “${title}”`}
          small
          isDisabled={state === 'cancelling'}
          onPress={() => {
            cancelJob(app, id);
          }}
        />
      ) : null}
    </span>
  );
}
