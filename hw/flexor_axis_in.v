// Guards the AXI4-Stream input: hands on exactly Elements elements a frame, whatever tlast does.
//
// A tlast before the last element is flagged (error_o[0]) and the rest of the frame is filled with zeros, so that what
// stands behind stays in step; where none comes with the last element it is flagged (error_o[1]) and beats are dropped
// until one does. The next frame starts clean either way.
// Example: Elements 784 for 28x28x1; where a beat carries sixteen of 8 bits, Bits 128 and Elements 49; 32 of them, Bits 256
// and Elements 25, the last of which holds 16. Not done here: tkeep (flexor_axis_keep). Registered paths: error_o.
module flexor_axis_in #(
  parameter integer Bits = 8,
  parameter integer Elements = 4
) (
  input  wire            clk_i,
  input  wire            rst_ni,
  input  wire            s_valid_i,
  output wire            s_ready_o,
  input  wire [Bits-1:0] s_data_i,
  input  wire            s_last_i,
  // The beat on offer is the last one of its frame.
  output wire            at_last_o,
  output wire            out_valid_o,
  input  wire            out_ready_i,
  output wire [Bits-1:0] out_data_o,
  output reg  [1:0]      error_o
);

  localparam integer CountBits = (Elements <= 1) ? 1 : $clog2(Elements);
  localparam integer LastI = Elements - 1;
  localparam [CountBits-1:0] Last = LastI[CountBits-1:0];

  reg [CountBits-1:0] count_q;
  reg fill_q;
  reg drop_q;
  wire at_last = count_q == Last;
  wire take = s_valid_i && s_ready_o;
  wire give = out_valid_o && out_ready_i;

  assign at_last_o = at_last && !drop_q;
  assign s_ready_o = drop_q || (!fill_q && out_ready_i);
  assign out_valid_o = !drop_q && (fill_q || s_valid_i);
  assign out_data_o = fill_q ? {Bits{1'b0}} : s_data_i;

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      count_q <= {CountBits{1'b0}};
      fill_q <= 1'b0;
      drop_q <= 1'b0;
      error_o <= 2'b00;
    end else begin
      error_o <= 2'b00;
      if (give) count_q <= at_last ? {CountBits{1'b0}} : count_q + 1'b1;
      if (drop_q) begin
        if (take && s_last_i) drop_q <= 1'b0;
      end else if (fill_q) begin
        if (give && at_last) fill_q <= 1'b0;
      end else if (take) begin
        fill_q <= s_last_i && !at_last;
        drop_q <= !s_last_i && at_last;
        error_o <= {!s_last_i && at_last, s_last_i && !at_last};
      end
    end
  end

`ifndef SYNTHESIS
  initial begin
    if (!(Elements >= 1)) begin
      $display("%m: error: flexor_axis_in needs Elements at least 1");
      $stop;
    end
  end

  flexor_stream_check #(
    .Bits(Bits)
  ) u_stream_check (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .valid_i(out_valid_o),
    .ready_i(out_ready_i),
    .data_i(out_data_o)
  );
`endif

endmodule
