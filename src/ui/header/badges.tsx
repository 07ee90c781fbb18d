import { Box, Cpu, TriangleAlert, Zap } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { useStore } from 'zustand';
import { openModels } from '../../app/commands/model-commands.ts';
import { STARTER_MODEL } from '../../app/model-info.ts';
import { modelsStore } from '../../app/state/models-store.ts';
import type { ModelState, RuntimeState } from '../../app/state/engine-store.ts';
import { byteSize } from '../../app/time.ts';
import { useApp, useEngine } from '../context.ts';
import { Icon } from '../widgets/icon.tsx';
import { Spinner } from '../widgets/spinner.tsx';

type BadgeProps = { label: string; short: ReactNode; tone: string; children: ReactNode };

function Badge({ label, short, tone, children }: BadgeProps) {
  return (
    <DialogTrigger>
      <Button className={`badge badge--${tone}`} aria-label={label}>
        {short}
      </Button>
      <Popover className="popover" placement="bottom end">
        <Dialog aria-label={label}>{children}</Dialog>
      </Popover>
    </DialogTrigger>
  );
}

/** Where the model runs and why; what would change it. */
export function RuntimeBadge() {
  const runtime = useEngine((state) => state.runtime);
  const { label, tone, text, icon } = describeRuntime(runtime);
  return (
    <Badge
      label={`Runtime: ${label}`}
      tone={tone}
      short={
        <>
          <Icon of={icon} size={14} /> <span className="badge__text">{label}</span>
        </>
      }
    >
      {text}
    </Badge>
  );
}

function describeRuntime(runtime: RuntimeState) {
  switch (runtime.kind) {
    case 'ready': {
      const isGpu = runtime.info.kind === 'webgpu';
      return {
        label: isGpu ? 'WebGPU' : 'CPU',
        tone: isGpu ? 'ok' : 'warning',
        icon: isGpu ? Zap : Cpu,
        text: (
          <>
            <h2>{runtime.info.device}</h2>
            <p>{runtime.info.reason}</p>
          </>
        ),
      };
    }
    case 'failed':
      return {
        label: 'No engine',
        tone: 'error',
        icon: TriangleAlert,
        text: (
          <>
            <h2>The engine did not start</h2>
            <p>{runtime.error.message}</p>
            <small className="code">{runtime.error.code}</small>
          </>
        ),
      };
    case 'unknown':
    case 'starting':
      return {
        label: 'Checking',
        tone: 'quiet',
        icon: Cpu,
        text: <p>Looking for a GPU that the model can run on.</p>,
      };
  }
}

/** Which model makes the edits. */
export function ModelBadge() {
  const app = useApp();
  const model = useEngine((state) => state.model);
  if (model.kind === 'unknown') {
    return null;
  }
  const isReady = model.kind === 'ready';
  const label = isReady ? `${model.info.title} ${model.info.defaultSize}` : 'No model';
  return (
    <Badge
      label={`Model: ${label}`}
      tone={isReady ? 'plain' : 'error'}
      short={
        <>
          <Icon of={isReady ? Box : TriangleAlert} size={14} />{' '}
          <span className="badge__text">{label}</span>
        </>
      }
    >
      <ModelFacts model={model} />
      <div className="popover__buttons">
        <Button
          slot="close"
          className="button button--small"
          onPress={() => {
            openModels(app);
          }}
        >
          Models…
        </Button>
      </div>
    </Badge>
  );
}

function ModelFacts({ model }: { model: Exclude<ModelState, { kind: 'unknown' }> }) {
  if (model.kind === 'missing') {
    return (
      <>
        <h2>The model is missing</h2>
        <p>{model.error.message}</p>
        <p>Clips can be opened, played and exported; edits need the model.</p>
        <small className="code">{model.error.code}</small>
      </>
    );
  }
  const { id, title, licence, bytes, defaultSize, quantisation } = model.info;
  return (
    <>
      <h2>{title}</h2>
      <p>
        {id === STARTER_MODEL
          ? 'Comes with the app. It knows light, weather, seasons, styles and colours.'
          : 'Imported into this browser.'}
      </p>
      <dl className="facts">
        <dt>Works at</dt>
        <dd>
          about {defaultSize} × {defaultSize} pixels, shown at the clip’s size
        </dd>
        <dt>Size</dt>
        <dd>
          {byteSize(bytes)} {quantisation}
        </dd>
        <dt>Licence</dt>
        <dd>{licence}</dd>
      </dl>
    </>
  );
}

/** A checkpoint is being compiled; a click shows how far it is. */
export function ImportBadge() {
  const app = useApp();
  const importing = useStore(modelsStore, (state) => state.importing);
  if (importing.kind !== 'running') {
    return null;
  }
  const { progress } = importing;
  return (
    <Button
      className="badge badge--busy"
      onPress={() => {
        openModels(app);
      }}
    >
      <Spinner size={14} />
      {progress === null ? 'Importing' : `Importing ${progress.done} of ${progress.total}`}
    </Button>
  );
}
