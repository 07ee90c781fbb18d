import { LoaderCircle } from 'lucide-react';
import { Button } from 'react-aria-components';
import { isUnderWay } from '../../app/state/jobs-store.ts';
import { timeLeft } from '../../app/time.ts';
import { useApp, useJobs } from '../context.ts';
import { Icon } from '../widgets/icon.tsx';

/** How many jobs are under way and how long the first still takes; a click goes to it. */
export function JobsBadge() {
  const app = useApp();
  const jobs = useJobs((state) => state.jobs);
  const active = jobs.filter(isUnderWay);
  const first = active[0];
  if (first === undefined) {
    return null;
  }
  const left = timeLeft(first.progress?.secondsLeft ?? Number.NaN);
  const count = `${active.length} ${active.length === 1 ? 'job' : 'jobs'}`;
  return (
    <Button
      className="badge badge--busy"
      onPress={() => {
        app.session.setState(
          first.kind === 'export' ? { dialog: 'export' } : { selectedEdit: first.editId },
        );
      }}
    >
      <span className="spin">
        <Icon of={LoaderCircle} size={14} />
      </span>
      {left === '' ? count : `${count} · ${left}`}
    </Button>
  );
}
