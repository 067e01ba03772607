// Deep first-in first-out buffer in a memory with a registered read; one element a cycle.
//
// Depth - 1 elements lie in the memory and one in its output register, so that an element comes out two cycles after it went
// in at the earliest.
// Example: #(.Width(8), .Depth(1200)) holds back the shortcut of a residual block in one block RAM.
// Not done here: a small number of elements (flexor_fifo). Registered paths: in_ready_o, out_valid_o and out_data_o;
// out_ready_i reaches the read enable of the memory.
module flexor_fifo_ram #(
  parameter integer Width = 8,
  // At least 3.
  parameter integer Depth = 65
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

  localparam integer Words = Depth - 1;
  localparam integer AddrBits = $clog2(Words);
  localparam integer CountBits = $clog2(Words + 1);
  localparam integer LastI = Words - 1;
  localparam [AddrBits-1:0] Last = LastI[AddrBits-1:0];
  localparam [CountBits-1:0] Full = Words[CountBits-1:0];

  reg [AddrBits-1:0] wr_q;
  reg [AddrBits-1:0] rd_q;
  reg [CountBits-1:0] count_q;
  reg valid_q;

  wire push = in_valid_i && in_ready_o;
  wire read = (count_q != {CountBits{1'b0}}) && (!valid_q || out_ready_i);

  assign in_ready_o = count_q != Full;
  assign out_valid_o = valid_q;

  flexor_ram #(
    .Width(Width),
    .Depth(Words),
    .AddrBits(AddrBits)
  ) u_store (
    .clk_i(clk_i),
    .wr_en_i(push),
    .wr_addr_i(wr_q),
    .wr_data_i(in_data_i),
    .rd_en_i(read),
    .rd_addr_i(rd_q),
    .rd_data_o(out_data_o)
  );

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      wr_q <= {AddrBits{1'b0}};
      rd_q <= {AddrBits{1'b0}};
      count_q <= {CountBits{1'b0}};
      valid_q <= 1'b0;
    end else begin
      if (push) wr_q <= (wr_q == Last) ? {AddrBits{1'b0}} : wr_q + 1'b1;
      if (read) rd_q <= (rd_q == Last) ? {AddrBits{1'b0}} : rd_q + 1'b1;
      if (push && !read) count_q <= count_q + 1'b1;
      if (read && !push) count_q <= count_q - 1'b1;
      valid_q <= read || (valid_q && !out_ready_i);
    end
  end

`ifndef SYNTHESIS
  initial begin
    if (!(Depth >= 3)) begin
      $display("%m: error: flexor_fifo_ram needs Depth at least 3");
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
