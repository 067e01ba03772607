/**
 * A proof about a whole design, as small as it has to be for a solver: for every input, every stall at its ports and every
 * pause of the source, each frame that leaves has the logits and the class of the frame that came in, in order, and the law of
 * the stream holds; where nothing waits, the first one leaves in the cycle that was predicted. Bounded to the first cycles
 * behind a reset, which hold several frames of a design that is small enough.
 */
import { invariant } from '../../base/errors.js';
import { formatRange } from '../../fixed/shapes.js';
import { elementCount } from '../../graph/shapes.js';
import type { GeneratedDesign } from '../../rtl/generate.js';
import { argmax, referenceTrace } from '../../simulate/reference.js';
import { solve, type Proof, type ProveOptions } from './prove.js';

/** Bits of a frame up to which its logits are listed for every frame that there is. */
const MOST_FRAME_BITS = 12;

/** Cycles to which `npm run prove` takes the tiny design, three frames of it, and the seconds that it may take. */
export const DESIGN_CYCLES = 24;
export const DESIGN_SECONDS = 1200;

const TOP = 'flexor_proof';

/** Proves a design whose frames have few bits in its first cycles. */
export async function proveDesign(
  { design, manifest, files }: GeneratedDesign,
  cycles: number,
  options: ProveOptions = {},
): Promise<Proof> {
  const text = (path: string): string => files.get(path)!;
  const change = options.change ?? ((source: string) => source);
  const module = manifest.topModule;
  const verilog = new Map([[TOP, proofModule({ design, manifest, files }, cycles)]]);
  for (const path of manifest.verilog) verilog.set(path.slice('rtl/'.length, -'.v'.length), change(text(path)));
  const memories = new Map(manifest.memories.map((path) => [path, text(path).trimEnd().split('\n').join(' ')]));
  const [verdict] = await solve({ verilog, memories, top: TOP, settle: [''], bounded: cycles }, options);
  const parameters = 'a whole design, every input and every stall';
  return { module, parameters, verdict: verdict!, cycles };
}

/** The design between a free source and a free sink, beside a table of what each frame must give. */
function proofModule({ design: { network }, manifest }: GeneratedDesign, cycles: number): string {
  const { input, output, prediction } = manifest;
  const elements = elementCount(input.shape);
  const { bits } = input.format;
  const frameBits = elements * bits;
  invariant(frameBits <= MOST_FRAME_BITS, `a frame of ${frameBits} bits has too many values to list them all`);
  const [inBits, logitBits] = [8 * input.bytesPerBeat, 8 * output.logitBytes];
  const outBits = logitBits + 8 * output.classBytes;
  const places = cycles + elements;
  return `module ${TOP} (
  input wire clk_i,
  input wire offer_i,
  input wire [${inBits - 1}:0] data_i,
  input wire ready_i
);
  reg f_started = 1'b0;
  always @(posedge clk_i) f_started <= 1'b1;

  // The source keeps the law, and marks the last element of a frame.
  wire s_ready;
  wire s_valid = f_started && offer_i;
  reg f_held = 1'b0;
  reg [${inBits - 1}:0] f_data;
  reg [7:0] f_element = 8'd0;
  reg [15:0] f_taken = 16'd0;
  reg [${places * bits - 1}:0] f_history = 0;
  wire f_last = f_element == ${elements - 1};
  always @* if (f_held) assume (s_valid && data_i == f_data);
  always @(posedge clk_i) begin
    f_held <= s_valid && !s_ready;
    f_data <= data_i;
    if (s_valid && s_ready) begin
      f_element <= f_last ? 8'd0 : f_element + 8'd1;
      f_taken <= f_taken + 16'd1;
      f_history[f_taken*${bits}+:${bits}] <= data_i[${bits - 1}:0];
    end
  end

  wire m_valid;
  wire m_last;
  wire [${outBits - 1}:0] m_data;
  wire [2:0] frame_error;
  ${manifest.topModule} u_top (
    .clk_i(clk_i),
    .rst_ni(f_started),
    .s_axis_tdata(data_i),
    .s_axis_tkeep({${input.bytesPerBeat}{1'b1}}),
    .s_axis_tvalid(s_valid),
    .s_axis_tready(s_ready),
    .s_axis_tlast(f_last),
    .m_axis_tdata(m_data),
    .m_axis_tkeep(),
    .m_axis_tvalid(m_valid),
    .m_axis_tready(ready_i),
    .m_axis_tlast(m_last),
    .frame_error_o(frame_error)
  );

  // What leaves next: logit f_channel of frame f_frame.
  reg [15:0] f_frame = 16'd0;
  reg [7:0] f_channel = 8'd0;
  wire [${frameBits - 1}:0] f_bits = f_history >> (f_frame * ${frameBits});
  reg [${outBits - 1}:0] f_right;
  always @* case ({f_bits, f_channel})
${rightAnswers(network, { elements, bits, logitBits, outBits })}
    default: f_right = ${outBits}'d0;
  endcase

  // Where neither side has waited so far, the first frame has left by the cycle that was predicted.
  reg f_free = 1'b1;
  reg [15:0] f_cycle = 16'd0;
  reg f_out_held = 1'b0;
  reg [${outBits - 1}:0] f_out;
  always @(posedge clk_i) begin
    f_out_held <= f_started && m_valid && !ready_i;
    f_out <= m_data;
    if (f_started) f_cycle <= f_cycle + 16'd1;
    if (f_started && !(offer_i && ready_i)) f_free <= 1'b0;
    if (f_started && m_valid && ready_i) begin
      f_channel <= (f_channel == ${output.count - 1}) ? 8'd0 : f_channel + 8'd1;
      if (f_channel == ${output.count - 1}) f_frame <= f_frame + 16'd1;
    end
  end
  always @*
    if (f_started) begin
      assert (frame_error == 3'd0);
      if (f_out_held) assert (m_valid && m_data == f_out);
      if (m_valid) begin
        assert (f_taken >= (f_frame + 1) * ${elements});
        assert (m_data == f_right);
        assert (m_last == (f_channel == ${output.count - 1}));
      end
      if (f_free && f_cycle == ${prediction.latencyCycles + 1}) assert (f_frame == 16'd1);
    end
endmodule
`;
}

interface Widths {
  readonly elements: number;
  readonly bits: number;
  readonly logitBits: number;
  readonly outBits: number;
}

/** For every frame that there is and every channel: the beat that must leave, by the reference evaluator. */
function rightAnswers(network: GeneratedDesign['design']['network'], widths: Widths): string {
  const { elements, bits, logitBits, outBits } = widths;
  const { low } = formatRange(network.input.format);
  const lines: string[] = [];
  for (let frame = 0; frame < 2 ** (elements * bits); frame++) {
    const image = Array.from({ length: elements }, (_, i) => {
      const code = (frame >> (i * bits)) & (2 ** bits - 1);
      return low < 0 && code >= 2 ** (bits - 1) ? code - 2 ** bits : code;
    });
    const logits = referenceTrace(network, image).at(-1)!;
    logits.forEach((logit, c) => {
      const best = argmax(logits.subarray(0, c + 1));
      const beat = (BigInt(best) << BigInt(logitBits)) | BigInt.asUintN(logitBits, BigInt(logit));
      const key = `{${elements * bits}'d${frame}, 8'd${c}}`;
      lines.push(`    ${key}: f_right = ${outBits}'h${beat.toString(16)};`);
    });
  }
  return lines.join('\n');
}
