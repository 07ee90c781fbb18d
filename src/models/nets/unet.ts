import { assert, must } from '../../base/assert.ts';
import { channelsOf, Net } from '../onnx/net.ts';
import { GraphSeries, type GraphPlan } from '../onnx/graph-series.ts';
import type { Dim, Value } from '../onnx/proto.ts';
import type { AttentionSite } from '../manifest.ts';
import type { Weights } from '../reading/weights.ts';
import type { WeightCoder } from '../quantise/weight-coder.ts';
import { motionModule } from './motion.ts';
import type { UnetConfig, UnetLevel } from './unet-config.ts';
import { resnet } from './resnet.ts';
import { transformer, type SiteMaker } from './transformer.ts';

/** A U-Net as segments; `sites[i]` is what runs between segment i and i + 1. */
export type UnetPlan = {
  readonly segments: readonly GraphPlan[];
  readonly sites: readonly AttentionSite[];
};

type Walk = {
  readonly net: Net;
  readonly config: UnetConfig;
  /** silu of the time embedding, [frames, 4 * timeChannels]. */
  readonly time: Value;
  readonly site: SiteMaker;
  /** Places of the frames in their window, where the network has motion modules. */
  readonly positions: Value | undefined;
};

/** Height and width at a level; each halves the one before, rounding up. */
function sizeAt(level: number): readonly [Dim, Dim] {
  return [`height_${String(level)}`, `width_${String(level)}`];
}

/**
 * diffusers' UNet2DConditionModel (Stable Diffusion 1.x, 2.x, Turbo, LCM, InstructPix2Pix, inpainting, BK-SDM), cut
 * at every attention. Inputs `sample` [frames, inChannels, height_0, width_0], `timeEmbedding` [frames, channels], the
 * sinusoid, and `timeCond` [frames, condChannels] where the model has it; result `prediction`. With `addsInput` the
 * result is conv_out's plus that range of `sample`'s channels. With motion modules the frames are windows in a row, and
 * `positions` [window] counts a window's frames from 0: `frames` = branches * window.
 */
export function planUnet(config: UnetConfig, weights: Weights, coder: WeightCoder): UnetPlan {
  const graph = new GraphSeries();
  const net = new Net(graph, weights, coder);
  const sites: AttentionSite[] = [];
  const sample = graph.input('sample', ['frames', config.inChannels, ...sizeAt(0)]);
  const walk: Walk = {
    net,
    config,
    time: timeEmbedding(net, config),
    site: siteMaker(graph, sites),
    positions: config.motion && graph.input('positions', ['window'], 'i32'),
  };
  const first = net.conv(sample, 'conv_in', must(config.down[0], 'level').channels, {
    exact: true,
  });
  const skips = [first];
  let h = goDown(walk, first, skips);
  if (config.middle !== undefined) {
    h = middle(walk, h, config.middle, config.down.length - 1);
  }
  h = goUp(walk, h, skips);
  const normal = net.silu(net.groupNorm(h, 'conv_norm_out', config.groups, config.epsilon));
  graph.output(prediction(net, normal, sample, config));
  return { segments: graph.finish(), sites };
}

/** conv_out's result, or, in a network that predicts a change, that plus the channels of `sample` it changes, scaled or not. */
function prediction(net: Net, h: Value, sample: Value, config: UnetConfig): Value {
  const name = { exact: 'prediction' };
  const { addsInput, outChannels } = config;
  if (addsInput === undefined) {
    return net.conv(h, 'conv_out', outChannels, { exact: true, name });
  }
  const channels = config.scalesInput ? outChannels * 2 : outChannels;
  const out = net.conv(h, 'conv_out', channels, { exact: true, name: { hint: 'change' } });
  const input = net.slice(sample, 1, ...addsInput);
  if (!config.scalesInput) {
    return net.add(out, input, name);
  }
  const change = net.slice(out, 1, 0, outChannels);
  const gain = net.slice(out, 1, outChannels, channels);
  return net.add(net.add(change, input), net.mul(gain, input), name);
}

function timeEmbedding(net: Net, config: UnetConfig): Value {
  const width = config.timeChannels * 4;
  let sinusoid = net.graph.input('timeEmbedding', ['frames', config.timeChannels]);
  if (config.condChannels !== undefined) {
    const condition = net.graph.input('timeCond', ['frames', config.condChannels]);
    sinusoid = net.add(
      sinusoid,
      net.linear(condition, 'time_embedding.cond_proj', config.timeChannels),
    );
  }
  const hidden = net.silu(net.linear(sinusoid, 'time_embedding.linear_1', width));
  return net.silu(net.linear(hidden, 'time_embedding.linear_2', width));
}

function siteMaker(graph: GraphSeries, sites: AttentionSite[]): SiteMaker {
  return (call) => {
    const index = sites.length;
    const out = `o.${String(index)}`;
    graph.output(
      call.q,
      ...(call.k === undefined ? [] : [call.k]),
      ...(call.v === undefined ? [] : [call.v]),
    );
    sites.push({
      path: call.path,
      kind: call.kind,
      level: call.level,
      heads: call.heads,
      headDim: channelsOf(call.q, -1) / call.heads,
      q: call.q.name,
      ...(call.k === undefined ? {} : { k: call.k.name }),
      ...(call.v === undefined ? {} : { v: call.v.name }),
      out,
    });
    graph.cut();
    return graph.input(out, call.q.dims);
  };
}

function layer(
  walk: Walk,
  h: Value,
  block: string,
  at: number,
  level: UnetLevel,
  depth: number,
): Value {
  const net = walk.net.at(block);
  const x = resnet(net.at(`resnets.${String(at)}`), h, level.channels, walk.time, walk.config);
  if (level.transformers === 0) {
    return motion(walk, x, block, at, depth);
  }
  const seen = transformer(net.at(`attentions.${String(at)}`), x, {
    level: depth,
    heads: level.heads,
    blocks: level.transformers,
    groups: walk.config.groups,
    pointwise: !walk.config.linearProjection,
    site: walk.site,
  });
  return motion(walk, seen, block, at, depth);
}

/** The motion module behind a layer, where the network has one. */
function motion(walk: Walk, x: Value, block: string, at: number, depth: number): Value {
  const { motion: config, groups } = walk.config;
  if (config === undefined || walk.positions === undefined) {
    return x;
  }
  const blocks = block === 'mid_block' ? config.middle : config.blocks[depth];
  if (blocks === undefined || blocks === 0) {
    return x;
  }
  return motionModule(walk.net.at(`${block}.motion_modules.${String(at)}`), x, {
    level: depth,
    heads: must(config.heads[depth], 'heads'),
    blocks,
    groups,
    norm: config.norm,
    maxFrames: config.maxFrames,
    positions: walk.positions,
    site: walk.site,
  });
}

function goDown(walk: Walk, from: Value, skips: Value[]): Value {
  let h = from;
  walk.config.down.forEach((level, depth) => {
    const block = `down_blocks.${String(depth)}`;
    for (let at = 0; at < level.layers; at++) {
      h = layer(walk, h, block, at, level, depth);
      skips.push(h);
    }
    if (depth < walk.config.down.length - 1) {
      h = walk.net.conv(h, `${block}.downsamplers.0.conv`, level.channels, {
        stride: 2,
        size: sizeAt(depth + 1),
      });
      skips.push(h);
    }
  });
  return h;
}

function middle(walk: Walk, from: Value, level: UnetLevel, depth: number): Value {
  const h = layer(walk, from, 'mid_block', 0, level, depth);
  return resnet(walk.net.at('mid_block.resnets.1'), h, level.channels, walk.time, walk.config);
}

function goUp(walk: Walk, from: Value, skips: Value[]): Value {
  let h = from;
  walk.config.up.forEach((level, index) => {
    const block = `up_blocks.${String(index)}`;
    const depth = walk.config.up.length - 1 - index;
    for (let at = 0; at < level.layers; at++) {
      h = layer(walk, walk.net.concat([h, must(skips.pop(), 'skip')], 1), block, at, level, depth);
    }
    if (index < walk.config.up.length - 1) {
      const like = must(skips.at(-1), 'skip');
      h = walk.net.conv(walk.net.resizeTo(h, like), `${block}.upsamplers.0.conv`, level.channels);
    }
  });
  assert(skips.length === 0, 'skips are left over');
  return h;
}
