import { Clock, X } from 'lucide-react';
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { markSpan, setDraftSpan } from '../../app/commands/transport-commands.ts';
import type { OpenClip } from '../../app/state/session-store.ts';
import { tenths } from '../../app/time.ts';
import { useApp, useSession } from '../context.ts';
import { Icon } from '../widgets/icon.tsx';
import { Keycaps } from '../widgets/keycaps.tsx';
import { SpanFields } from '../widgets/span-fields.tsx';

/** When the next edit applies. */
export function SpanChip({ clip }: { clip: OpenClip }) {
  const app = useApp();
  const span = useSession((state) => state.draft.span);
  const whole = { from: 0, to: clip.info.duration };
  const text = span === null ? 'whole clip' : `${tenths(span.from)} – ${tenths(span.to)} s`;
  return (
    <DialogTrigger>
      <Button className="chip" aria-label={`Span: ${text}`}>
        <Icon of={Clock} size={14} /> <span className="chip__text">{text}</span>
      </Button>
      <Popover className="popover popover--narrow" placement="top">
        <Dialog aria-label="Span of the next edit">
          <h2>When</h2>
          <p>Drag along the clip on the timeline, or set the ends here.</p>
          <SpanFields
            clip={clip}
            span={span ?? whole}
            onChange={(next) => {
              setDraftSpan(app, next);
            }}
          />
          <div className="popover__actions">
            <Button
              className="button button--small"
              onPress={() => {
                markSpan(app, 'in');
              }}
            >
              Begin here <Keycaps keys="I" />
            </Button>
            <Button
              className="button button--small"
              onPress={() => {
                markSpan(app, 'out');
              }}
            >
              End here <Keycaps keys="O" />
            </Button>
            {span === null ? null : (
              <Button
                className="button button--small"
                onPress={() => {
                  setDraftSpan(app, null);
                }}
              >
                <Icon of={X} size={14} /> Whole clip
              </Button>
            )}
          </div>
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
