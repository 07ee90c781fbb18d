import { Button } from 'react-aria-components';
import { cancelOpening } from '../../app/commands/clip-commands.ts';
import { useApp, useSession } from '../context.ts';
import { Progress } from '../widgets/progress.tsx';

/** Over the editor while another clip is being opened. */
export function OpeningVeil() {
  const app = useApp();
  const phase = useSession((state) => state.phase);
  if (phase.kind !== 'opening') {
    return null;
  }
  return (
    <div className="veil">
      <div className="veil__card" role="status">
        <p className="veil__text">Opening {phase.name}</p>
        <Progress label={`Opening ${phase.name}`} done={0} total={0} />
        <Button
          className="button button--small"
          onPress={() => {
            cancelOpening(app);
          }}
        >
          Cancel
        </Button>
      </div>
    </div>
  );
}
