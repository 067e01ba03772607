// Reads the rows of a memory again and again, from the first to the last: addresses for a memory with a registered read.
//
// en_o and addr_o go to the memory; the row that it shows is good while valid_o is 1, and stays until ready_i takes it.
// The next row is fetched in the cycle in which one is taken, so rows may be taken in every cycle.
// Example: Rows 5: addresses 0 to 4, then 0 again. A reset goes back to row 0.
// Not done here: the memory itself. Registered paths: valid_o, addr_o.
module flexor_row_reader #(
  parameter integer Rows = 4,
  // At least 1 and $clog2(Rows).
  parameter integer AddrBits = 2
) (
  input  wire                clk_i,
  input  wire                rst_ni,
  output wire                en_o,
  output reg  [AddrBits-1:0] addr_o,
  output reg                 valid_o,
  input  wire                ready_i
);

  localparam integer LastI = Rows - 1;
  localparam [AddrBits-1:0] Last = LastI[AddrBits-1:0];

  assign en_o = !valid_o || ready_i;

  always @(posedge clk_i) begin
    valid_o <= rst_ni;
    if (!rst_ni) addr_o <= {AddrBits{1'b0}};
    else if (en_o) addr_o <= (addr_o == Last) ? {AddrBits{1'b0}} : addr_o + 1'b1;
  end

`ifndef SYNTHESIS
  initial begin
    if (!(Rows >= 1 && AddrBits >= 1 && AddrBits >= $clog2(Rows))) begin
      $display("%m: error: flexor_row_reader needs AddrBits that hold Rows - 1");
      $stop;
    end
  end
`endif

endmodule
