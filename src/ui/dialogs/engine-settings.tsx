import { useState } from 'react';
import { Label, Radio, RadioGroup } from 'react-aria-components';
import { useStore } from 'zustand';
import { changeSetup, isEngineBusy } from '../../app/commands/settings-commands.ts';
import { MEMORY_STEPS, settingsStore } from '../../app/state/settings-store.ts';
import type { RuntimeState } from '../../app/state/engine-store.ts';
import { byteSize } from '../../app/time.ts';
import type { EngineSetup, MachineFacts, RuntimeChoice } from '../../protocol/engine.ts';
import { useApp, useEngine, useJobs } from '../context.ts';

/** What the model runs on, and how much memory it may keep. */
export function EngineSettings() {
  const app = useApp();
  const machine = useStore(settingsStore, (state) => state.machine);
  const runtime = useEngine((state) => state.runtime);
  useJobs((state) => state.jobs);
  const isBusy = isEngineBusy(app);
  const [setup, setSetup] = useState(app.engine.setup);
  const change = (changed: Partial<EngineSetup>): void => {
    const next = { ...setup, ...changed };
    setSetup(next);
    void changeSetup(app, next);
  };
  return (
    <>
      <section className="settings__part">
        <RadioGroup
          className="choices"
          value={setup.choice}
          isDisabled={isBusy}
          onChange={(value) => {
            change({ choice: value as RuntimeChoice });
          }}
        >
          <Label className="settings__title">Runs on</Label>
          {runtimeOffers(machine, runtime).map(({ choice, title, text, isMissing }) => (
            <Radio key={choice} value={choice} className="choice" isDisabled={isMissing}>
              <span className="choice__mark" aria-hidden />
              <span>
                <strong>{title}</strong>
                <span className="choice__text">{text}</span>
              </span>
            </Radio>
          ))}
        </RadioGroup>
        {isBusy ? (
          <p className="settings__note" role="status">
            A job is running. When it is done or cancelled, this can be changed.
          </p>
        ) : null}
      </section>
      <section className="settings__part">
        <RadioGroup
          className="steps"
          orientation="horizontal"
          value={String(setup.bankBytes)}
          isDisabled={isBusy}
          onChange={(value) => {
            change({ bankBytes: value === 'null' ? null : Number(value) });
          }}
        >
          <Label className="settings__title">Memory for anchor frames</Label>
          <div className="steps__row">
            {[null, ...MEMORY_STEPS].map((bytes) => (
              <Radio key={String(bytes)} value={String(bytes)} className="step">
                {bytes === null ? 'Automatic' : byteSize(bytes)}
              </Radio>
            ))}
          </div>
        </RadioGroup>
        <p className="settings__note">
          With more of it long edits run faster, because anchor frames are made once. The result is
          the same.
        </p>
      </section>
    </>
  );
}

type Offer = {
  readonly choice: RuntimeChoice;
  readonly title: string;
  readonly text: string;
  readonly isMissing: boolean;
};

/** What this machine has, in words: the engine says itself what it runs on now and why. */
function runtimeOffers(machine: MachineFacts | null, runtime: RuntimeState): readonly Offer[] {
  const now =
    runtime.kind === 'ready'
      ? `Now: ${runtime.info.device}. ${runtime.info.reason}`
      : runtime.kind === 'failed'
        ? runtime.error.message
        : 'The engine is starting.';
  const gpu = machine === null ? 'Looking for a GPU.' : describeGpu(machine);
  const threads = machine?.threads ?? navigator.hardwareConcurrency;
  return [
    { choice: 'auto', title: 'Automatic', text: now, isMissing: false },
    {
      choice: 'webgpu',
      title: 'GPU',
      text: gpu,
      isMissing: machine !== null && machine.adapter === null,
    },
    {
      choice: 'cpu',
      title: 'Processor',
      text: `${threads} ${threads === 1 ? 'thread' : 'threads'}. Works everywhere, slower than a GPU.`,
      isMissing: false,
    },
  ];
}

function describeGpu({ hasWebGpu, adapter }: MachineFacts): string {
  if (!hasWebGpu) {
    return 'This browser offers no WebGPU here.';
  }
  if (adapter === null) {
    return 'None found. In Chrome: Settings › System › Use graphics acceleration when available.';
  }
  return adapter.isSoftware
    ? `${adapter.name}, emulated on the processor: right, but slower than the processor itself.`
    : `${adapter.name}, by WebGPU.`;
}
