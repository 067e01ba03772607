// First-in first-out buffer between two valid/ready streams; in_ready_o and out_valid_o come from registers.
//
// Example: flexor_fifo #(.Width(8), .Depth(2)) cuts the ready path between two layers at full throughput.
// Not done here: clock crossing, fill level. Registered paths: valid and ready both ways; they are registers of their own, not
// comparisons of the count, because wide registers behind a FIFO and before it load on them; data is read from storage.
// Depth 1 halves the throughput (a place is free only in the cycle after it was taken).
module flexor_fifo #(
  parameter integer Width = 8,
  parameter integer Depth = 2
) (
  input  wire             clk_i,
  input  wire             rst_ni,
  input  wire             in_valid_i,
  output wire             in_ready_o,
  input  wire [Width-1:0] in_data_i,
  output wire             out_valid_o,
  input  wire             out_ready_i,
  output wire [Width-1:0] out_data_o
);

  localparam integer PtrBits = (Depth <= 1) ? 1 : $clog2(Depth);
  localparam integer CountBits = $clog2(Depth + 1);
  localparam integer LastI = Depth - 1;
  localparam [PtrBits-1:0] Last = LastI[PtrBits-1:0];
  localparam [CountBits-1:0] Full = Depth[CountBits-1:0];
  localparam [CountBits-1:0] AlmostFull = LastI[CountBits-1:0];
  localparam [CountBits-1:0] One = 1;

  reg [Width-1:0] store [0:Depth-1];
  reg [PtrBits-1:0] wr_q;
  reg [PtrBits-1:0] rd_q;
  reg [CountBits-1:0] count_q;
  reg valid_q;
  reg ready_q;

  wire push = in_valid_i && in_ready_o;
  wire pop = out_valid_o && out_ready_i;

  assign in_ready_o = ready_q;
  assign out_valid_o = valid_q;
  assign out_data_o = store[rd_q];

  always @(posedge clk_i) begin
    if (push) store[wr_q] <= in_data_i;
    if (!rst_ni) begin
      wr_q <= {PtrBits{1'b0}};
      rd_q <= {PtrBits{1'b0}};
      count_q <= {CountBits{1'b0}};
      valid_q <= 1'b0;
      ready_q <= 1'b1;
    end else begin
      if (push) wr_q <= (wr_q == Last) ? {PtrBits{1'b0}} : wr_q + 1'b1;
      if (pop) rd_q <= (rd_q == Last) ? {PtrBits{1'b0}} : rd_q + 1'b1;
      if (push && !pop) begin
        count_q <= count_q + 1'b1;
        valid_q <= 1'b1;
        ready_q <= count_q != AlmostFull;
      end
      if (pop && !push) begin
        count_q <= count_q - 1'b1;
        valid_q <= count_q != One;
        ready_q <= 1'b1;
      end
    end
  end

`ifndef SYNTHESIS
  initial begin
    if (!(Depth >= 1)) begin
      $display("%m: error: flexor_fifo needs Depth at least 1");
      $stop;
    end
  end
  always @(posedge clk_i)
    if (rst_ni && push && count_q == Full) begin
      $display("%m: error: overflow");
      $stop;
    end

  flexor_stream_check #(
    .Bits(Width)
  ) u_stream_check (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .valid_i(out_valid_o),
    .ready_i(out_ready_i),
    .data_i(out_data_o)
  );
`endif

endmodule
