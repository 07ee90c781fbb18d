import { CirclePause, ListChecks } from 'lucide-react';
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { queueLine } from '../../app/job-words.ts';
import { isUnderWay } from '../../app/state/jobs-store.ts';
import { useApp, useJobs, useSession } from '../context.ts';
import { JobList } from '../jobs/job-list.tsx';
import { Icon } from '../widgets/icon.tsx';
import { keepFocus } from '../widgets/keep-focus.ts';
import { Spinner } from '../widgets/spinner.tsx';

/** How many jobs are under way and how long they still take; opens the list of them. */
export function JobsBadge() {
  const app = useApp();
  const isOpen = useSession((state) => state.panel === 'jobs');
  return (
    <DialogTrigger
      isOpen={isOpen}
      onOpenChange={(opened) => {
        app.session.setState({ panel: opened ? 'jobs' : null });
      }}
    >
      <BadgeButton />
      <Popover className="popover popover--jobs" placement="bottom end">
        <Dialog ref={keepFocus} aria-label="Jobs">
          <JobList />
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

function BadgeButton() {
  const paused = useJobs(({ jobs }) => jobs.filter((job) => job.state === 'paused').length);
  const line = useJobs((state) => {
    const underWay = state.jobs.filter(isUnderWay);
    return underWay.length === 0 ? '' : queueLine(state, underWay);
  });
  if (line !== '') {
    return (
      <Button className="badge badge--busy" aria-label={`Jobs: ${line}`}>
        <Spinner size={14} />
        {line}
      </Button>
    );
  }
  if (paused > 0) {
    return (
      <Button className="badge badge--warning" aria-label={`Jobs: ${paused} paused`}>
        <Icon of={CirclePause} size={14} /> {paused} paused
      </Button>
    );
  }
  return (
    <Button className="icon-button" aria-label="Jobs">
      <Icon of={ListChecks} />
    </Button>
  );
}
