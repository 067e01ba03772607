// Simulation only: what stands outside the design and streams a layer's encrypted weights in, pass after pass.
//
// MemFile holds the beats of a pass, one a line. Each beat waits in stalls_i percent of the cycles before it is offered.
// Example: Bits 16, Rows 72 for 72 rows of at most 16 bits.
module flexor_weight_source #(
  parameter integer Bits = 8,
  parameter integer Rows = 2,
  parameter integer Seed = 1,
  parameter MemFile = ""
) (
  input  wire            clk_i,
  input  wire            rst_ni,
  input  wire [6:0]      stalls_i,
  output wire            valid_o,
  input  wire            ready_i,
  output wire [Bits-1:0] data_o,
  output wire            last_o
);

  reg [Bits-1:0] rows [0:Rows-1];
  reg offering_q;
  reg [31:0] noise_q;
  integer row_q;
  wire stalled = noise_q[31:8] % 24'd100 < {17'd0, stalls_i};

  initial if (MemFile != "") $readmemh(MemFile, rows);

  assign valid_o = offering_q;
  assign data_o = rows[row_q];
  assign last_o = row_q == Rows - 1;

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      offering_q <= 1'b0;
      noise_q <= Seed * 32'd2654435761 + 32'd1;
      row_q <= 0;
    end else begin
      // A linear congruential generator (Numerical Recipes).
      noise_q <= noise_q * 32'd1664525 + 32'd1013904223;
      if (!offering_q || ready_i) offering_q <= !stalled;
      if (offering_q && ready_i) row_q <= last_o ? 0 : row_q + 1;
    end
  end

endmodule
