import { useEffect, useState } from 'react';
import { Button } from 'react-aria-components';
import { canPause, togglePaused } from '../../app/commands/job-commands.ts';
import { spaceLine } from '../../app/job-words.ts';
import { clearFinished, isOpen } from '../../app/state/jobs-store.ts';
import { useApp, useJobs } from '../context.ts';
import { JobItem } from './job-item.tsx';
import './jobs.css';

/** All jobs: what runs, what waits, what is paused, and how the last ones ended. */
export function JobList() {
  const app = useApp();
  const state = useJobs((jobs) => jobs);
  const { jobs } = state;
  const free = useFreeSpace(jobs.length);
  const open = jobs.filter(isOpen);
  const ended = jobs.filter((job) => !isOpen(job)).toReversed();
  const pausable = jobs.filter(canPause);
  const paused = jobs.filter((job) => job.state === 'paused');
  return (
    <div className="jobs">
      <div className="jobs__head">
        <h2>Jobs</h2>
        {pausable.length > 0 || paused.length > 0 ? (
          <Button
            className="button button--small"
            onPress={() => {
              togglePaused(app);
            }}
          >
            {pausable.length > 0 ? 'Pause all' : 'Resume all'}
          </Button>
        ) : null}
      </div>
      {jobs.length === 0 ? (
        <p className="jobs__empty">Nothing runs. Edits and exports are listed here.</p>
      ) : (
        <ul className="jobs__list" aria-label="Jobs">
          {[...open, ...ended].map((job) => (
            <JobItem key={job.id} job={job} />
          ))}
        </ul>
      )}
      <div className="jobs__foot">
        <span>{spaceLine(state, free)}</span>
        {ended.length > 0 ? (
          <Button
            className="button button--small button--quiet"
            onPress={() => {
              clearFinished(app.jobs);
            }}
          >
            Clear ended
          </Button>
        ) : null}
      </div>
    </div>
  );
}

/** Bytes that the browser still allows; asked again when a job comes or goes. Null where it won't say. */
function useFreeSpace(jobs: number): number | null {
  const [free, setFree] = useState<number | null>(null);
  useEffect(() => {
    let isCurrent = true;
    navigator.storage.estimate().then(
      ({ quota, usage }) => {
        if (isCurrent && quota !== undefined && usage !== undefined) {
          setFree(Math.max(0, quota - usage));
        }
      },
      () => {
        // The line does without it.
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [jobs]);
  return free;
}
