// AXI4-Lite registers of a design: which model it holds, frames and stalls counted, errors kept, and its reset.
//
// 32-bit words. 0x00 'FLXR', 0x04 version of this map, 0x08 Layers, 0x0c control, 0x10 status, 0x14 frames in, 0x18
// frames out, 0x1c cycles with a frame inside, 0x20 to 0x3c the model's SHA-256, its first bytes first; then for each
// layer the cycles in which it waited for input and those in which its output was not taken, counted while a frame is
// inside. Counters wrap. Control: bit 0 holds the datapath in reset while it is 1, bit 1 clears the counters. Status:
// bits 4..0 keep what error_i pulsed until a 1 is written to them, bit 8 says that a frame is inside, bit 9 that pending_i is 1.
// Other addresses, and writes to words that are read only, get SLVERR.
// Example: Layers 6, Elements 784. Not done here: protection (awprot, arprot), more than one access of a kind at a time.
// Registered paths: all AXI4-Lite outputs; core_rst_no has one gate.
module flexor_axil_regs #(
  parameter [255:0] ModelDigest = 256'd0,
  parameter integer Layers = 1,
  parameter integer Elements = 4,
  parameter integer AddrBits = 12
) (
  input  wire                clk_i,
  input  wire                rst_ni,
  input  wire                s_awvalid_i,
  output wire                s_awready_o,
  input  wire [AddrBits-1:0] s_awaddr_i,
  input  wire                s_wvalid_i,
  output wire                s_wready_o,
  input  wire [31:0]         s_wdata_i,
  input  wire [3:0]          s_wstrb_i,
  output reg                 s_bvalid_o,
  input  wire                s_bready_i,
  output reg  [1:0]          s_bresp_o,
  input  wire                s_arvalid_i,
  output wire                s_arready_o,
  input  wire [AddrBits-1:0] s_araddr_i,
  output reg                 s_rvalid_o,
  input  wire                s_rready_i,
  output reg  [31:0]         s_rdata_o,
  output reg  [1:0]          s_rresp_o,
  input  wire                input_take_i,
  input  wire                output_last_i,
  input  wire [4:0]          error_i,
  input  wire                pending_i,
  input  wire [Layers-1:0]   starved_i,
  input  wire [Layers-1:0]   blocked_i,
  output wire                core_rst_no
);

  localparam [31:0] Magic = 32'h464c5852;
  localparam [31:0] MapVersion = 32'd1;
  localparam [31:0] ControlWord = 32'd3;
  localparam [31:0] StatusWord = 32'd4;
  localparam integer DigestWord = 8;
  localparam integer LayerWord = 16;
  localparam [1:0] Okay = 2'b00;
  localparam [1:0] SlvErr = 2'b10;
  localparam integer CountBits = (Elements <= 1) ? 1 : $clog2(Elements);
  localparam integer LastI = Elements - 1;
  localparam [CountBits-1:0] Last = LastI[CountBits-1:0];

  // Writes: address and data wait for each other; the write is done when the previous response has left.
  reg aw_held_q;
  reg w_held_q;
  reg [AddrBits-3:0] write_word_q;
  reg [4:0] write_bits_q;
  reg write_strobe_q;
  wire write = aw_held_q && w_held_q && !s_bvalid_o;
  wire [31:0] write_word = {{34 - AddrBits{1'b0}}, write_word_q};
  wire write_control = write && write_word == ControlWord;
  wire write_status = write && write_word == StatusWord;
  wire clear = write_control && write_strobe_q && write_bits_q[1];
  wire [4:0] acknowledged = {5{write_status && write_strobe_q}} & write_bits_q;
  wire unused_axil = ^{s_awaddr_i[1:0], s_araddr_i[1:0], s_wdata_i[31:5], s_wstrb_i[3:1]};

  assign s_awready_o = !aw_held_q;
  assign s_wready_o = !w_held_q;

  always @(posedge clk_i) begin
    if (s_awvalid_i && s_awready_o) write_word_q <= s_awaddr_i[AddrBits-1:2];
    if (s_wvalid_i && s_wready_o) begin
      write_bits_q <= s_wdata_i[4:0];
      write_strobe_q <= s_wstrb_i[0];
    end
    if (write) s_bresp_o <= (write_control || write_status) ? Okay : SlvErr;
    if (!rst_ni) begin
      aw_held_q <= 1'b0;
      w_held_q <= 1'b0;
      s_bvalid_o <= 1'b0;
    end else begin
      aw_held_q <= (aw_held_q && !write) || (s_awvalid_i && s_awready_o);
      w_held_q <= (w_held_q && !write) || (s_wvalid_i && s_wready_o);
      s_bvalid_o <= write || (s_bvalid_o && !s_bready_i);
    end
  end

  // What a write changes, and what the datapath reports.
  reg core_reset_q;
  reg [4:0] errors_q;
  reg [CountBits-1:0] element_q;
  reg [15:0] inside_q;
  wire frame_first = input_take_i && element_q == {CountBits{1'b0}};
  wire frame_last = input_take_i && element_q == Last;
  wire busy = inside_q != 16'd0;

  assign core_rst_no = rst_ni && !core_reset_q;

  always @(posedge clk_i) begin
    if (!rst_ni) core_reset_q <= 1'b0;
    else if (write_control && write_strobe_q) core_reset_q <= write_bits_q[0];
    if (!rst_ni) errors_q <= 5'd0;
    else errors_q <= (errors_q & ~acknowledged) | error_i;
    if (!core_rst_no) begin
      element_q <= {CountBits{1'b0}};
      inside_q <= 16'd0;
    end else begin
      if (input_take_i) element_q <= frame_last ? {CountBits{1'b0}} : element_q + 1'b1;
      inside_q <= inside_q + {15'd0, frame_first} - {15'd0, output_last_i};
    end
  end

  reg [31:0] frames_in_q;
  reg [31:0] frames_out_q;
  reg [31:0] cycles_q;
  reg [32*Layers-1:0] starved_q;
  reg [32*Layers-1:0] blocked_q;
  integer n;

  always @(posedge clk_i) begin
    if (!rst_ni || clear) begin
      frames_in_q <= 32'd0;
      frames_out_q <= 32'd0;
      cycles_q <= 32'd0;
      starved_q <= {32 * Layers{1'b0}};
      blocked_q <= {32 * Layers{1'b0}};
    end else begin
      frames_in_q <= frames_in_q + {31'd0, frame_last};
      frames_out_q <= frames_out_q + {31'd0, output_last_i};
      cycles_q <= cycles_q + {31'd0, busy};
      for (n = 0; n < Layers; n = n + 1) begin
        starved_q[32*n+:32] <= starved_q[32*n+:32] + {31'd0, busy && starved_i[n]};
        blocked_q[32*n+:32] <= blocked_q[32*n+:32] + {31'd0, busy && blocked_i[n]};
      end
    end
  end

  // Reads.
  wire [31:0] read_word = {{34 - AddrBits{1'b0}}, s_araddr_i[AddrBits-1:2]};
  reg [31:0] read_data;
  reg read_known;
  integer m;

  always @(*) begin
    read_known = 1'b1;
    read_data = 32'd0;
    case (read_word)
      32'd0: read_data = Magic;
      32'd1: read_data = MapVersion;
      32'd2: read_data = Layers;
      ControlWord: read_data = {31'd0, core_reset_q};
      StatusWord: read_data = {22'd0, pending_i, busy, 3'd0, errors_q};
      32'd5: read_data = frames_in_q;
      32'd6: read_data = frames_out_q;
      32'd7: read_data = cycles_q;
      default: begin
        read_known = 1'b0;
        for (m = 0; m < 8; m = m + 1) begin
          if (read_word == DigestWord + m) begin
            read_known = 1'b1;
            read_data = ModelDigest[32*(7-m)+:32];
          end
        end
        for (m = 0; m < Layers; m = m + 1) begin
          if ((read_word >> 1) == LayerWord / 2 + m) begin
            read_known = 1'b1;
            read_data = read_word[0] ? blocked_q[32*m+:32] : starved_q[32*m+:32];
          end
        end
      end
    endcase
  end

  assign s_arready_o = !s_rvalid_o;

  always @(posedge clk_i) begin
    if (s_arvalid_i && s_arready_o) begin
      s_rdata_o <= read_data;
      s_rresp_o <= read_known ? Okay : SlvErr;
    end
    if (!rst_ni) s_rvalid_o <= 1'b0;
    else s_rvalid_o <= s_rvalid_o ? !s_rready_i : s_arvalid_i;
  end

`ifndef SYNTHESIS
  initial begin
    if (!(Layers >= 1 && AddrBits >= 7 && 4 * (16 + 2 * Layers) <= (1 << AddrBits))) begin
      $display("%m: error: flexor_axil_regs needs AddrBits that reach the registers of all layers");
      $stop;
    end
  end
`endif

endmodule
