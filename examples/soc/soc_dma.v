// A DMA between a memory of 64-bit words and a design's streams: one beat of the stream is the low bytes of a word.
//
// Registers, by word address: 0 CONTROL (write: start; read: bit 0 busy, bits 3:1 frame errors since the start), 1 SOURCE,
// 2 TARGET (word addresses), 3 BEATS (beats a frame, for tlast), 4 FRAMES, 5 RESULTS (beats that come back in all).
// Example: soc_dma #(.InBytes(1), .OutBytes(3)) sends bytes and stores a class above logits of two bytes.
// Not done here: bursts, interrupts, checks of addresses. A product would take the DMA of its bus in this place.
module soc_dma #(
  parameter integer InBytes = 1,
  parameter integer OutBytes = 3,
  parameter integer AddrBits = 16
) (
  input  wire                  clk_i,
  input  wire                  rst_ni,
  // Registers.
  input  wire                  reg_write_i,
  input  wire [2:0]            reg_addr_i,
  input  wire [31:0]           reg_data_i,
  output wire [31:0]           reg_data_o,
  // Memory: a request is done in the cycle with grant, what is read comes in the next one.
  output wire                  mem_valid_o,
  input  wire                  mem_grant_i,
  output wire                  mem_write_o,
  output wire [AddrBits-1:0]   mem_addr_o,
  output wire [63:0]           mem_data_o,
  input  wire [63:0]           mem_data_i,
  // To the design.
  output wire                  s_axis_tvalid_o,
  input  wire                  s_axis_tready_i,
  output wire [8*InBytes-1:0]  s_axis_tdata_o,
  output wire                  s_axis_tlast_o,
  // From the design.
  input  wire                  m_axis_tvalid_i,
  output wire                  m_axis_tready_o,
  input  wire [8*OutBytes-1:0] m_axis_tdata_i,
  input  wire [2:0]            frame_error_i
);

  reg [AddrBits-1:0] source;
  reg [AddrBits-1:0] target;
  reg [31:0] beats;
  reg [31:0] frames;
  reg [31:0] results;
  reg [31:0] beat;
  reg [31:0] waiting_frames;
  reg [31:0] waiting_results;
  reg [2:0] errors;

  // Source: a word is asked for, comes a cycle later, and is offered until the design takes it.
  reg asked;
  reg offered;
  reg [8*InBytes-1:0] element;
  wire want_read = frames != 32'd0 && !asked && !offered;

  // Sink: a beat is held until it is written.
  reg held;
  reg [8*OutBytes-1:0] result;
  wire busy = frames != 32'd0 || results != 32'd0;

  assign mem_valid_o = held || want_read;
  assign mem_write_o = held;
  assign mem_addr_o = held ? target : source;
  generate
    if (OutBytes == 8) begin : g_full
      assign mem_data_o = result;
    end else begin : g_padded
      assign mem_data_o = {{64 - 8 * OutBytes{1'b0}}, result};
    end
  endgenerate

  assign s_axis_tvalid_o = offered;
  assign s_axis_tdata_o = element;
  assign s_axis_tlast_o = beat + 32'd1 == beats;
  assign m_axis_tready_o = !held && results != 32'd0;
  assign reg_data_o = reg_addr_i == 3'd0 ? {28'd0, errors, busy} : reg_addr_i == 3'd5 ? results : 32'd0;

  wire unused = ^mem_data_i;

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      frames <= 32'd0;
      results <= 32'd0;
      asked <= 1'b0;
      offered <= 1'b0;
      held <= 1'b0;
      errors <= 3'd0;
    end else begin
      errors <= errors | frame_error_i;
      asked <= want_read && mem_grant_i && !held;
      if (want_read && mem_grant_i && !held) source <= source + 1'b1;
      if (asked) begin
        element <= mem_data_i[8*InBytes-1:0];
        offered <= 1'b1;
      end
      if (offered && s_axis_tready_i) begin
        offered <= 1'b0;
        beat <= s_axis_tlast_o ? 32'd0 : beat + 32'd1;
        if (s_axis_tlast_o) frames <= frames - 32'd1;
      end
      if (m_axis_tvalid_i && m_axis_tready_o) begin
        result <= m_axis_tdata_i;
        held <= 1'b1;
      end
      if (held && mem_grant_i) begin
        held <= 1'b0;
        target <= target + 1'b1;
        results <= results - 32'd1;
      end
      if (reg_write_i && !busy) begin
        case (reg_addr_i)
          3'd1: source <= reg_data_i[AddrBits-1:0];
          3'd2: target <= reg_data_i[AddrBits-1:0];
          3'd3: beats <= reg_data_i;
          // These two wait until CONTROL starts them.
          3'd4: waiting_frames <= reg_data_i;
          3'd5: waiting_results <= reg_data_i;
          default: begin
            frames <= waiting_frames;
            results <= waiting_results;
            beat <= 32'd0;
            errors <= 3'd0;
          end
        endcase
      end
    end
  end

endmodule
