import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { percent } from '../../../app/percent.ts';
import { useApp } from '../../context.ts';
import { SliderRow } from '../../widgets/slider-row.tsx';
import { useMasks } from './use-masks.ts';

/** Size and softness of brush and eraser. */
export function BrushPopover() {
  const app = useApp();
  const brush = useMasks((state) => state.brush);
  const size = percent(1).format(brush.size);
  return (
    <DialogTrigger>
      <Button className="button button--small" aria-label={`Brush: ${size} of the shorter side`}>
        {size}
      </Button>
      <Popover className="menu-popover mask-popover" placement="bottom">
        <Dialog className="mask-popover__inside" aria-label="Brush">
          <SliderRow
            label="Size"
            min={0.005}
            max={0.6}
            step={0.005}
            value={brush.size}
            standard={0.12}
            {...percent(1)}
            onCommit={(value) => {
              app.masks.setState({ brush: { ...brush, size: value } });
            }}
          />
          <SliderRow
            label="Softness"
            min={0}
            max={1}
            step={0.05}
            value={brush.softness}
            standard={0.3}
            {...percent()}
            onCommit={(softness) => {
              app.masks.setState({ brush: { ...brush, softness } });
            }}
          />
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
