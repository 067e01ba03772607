/** What instances of both window units bind. */
import type { NamedValues } from '../../views/instances.js';
import type { WindowPlan } from './plan.js';

/** `channels`: those of the input, or beats of several that the window takes for one. */
export function windowParameters(bits: number, window: WindowPlan, channels = window.input.channels): NamedValues {
  return [
    ['Bits', bits],
    ['Height', window.input.height],
    ['Width', window.input.width],
    ['Channels', channels],
    ['KernelH', window.kernel[0]],
    ['KernelW', window.kernel[1]],
    ...(window.dilation[0] > 1 ? [['DilationH', window.dilation[0]] as const] : []),
    ...(window.dilation[1] > 1 ? [['DilationW', window.dilation[1]] as const] : []),
    ['StrideH', window.stride[0]],
    ['StrideW', window.stride[1]],
    ['PadTop', window.padding[0]],
    ['PadLeft', window.padding[1]],
    ['OutHeight', window.output.height],
    ['OutWidth', window.output.width],
    ['Rows', window.rows],
  ];
}
