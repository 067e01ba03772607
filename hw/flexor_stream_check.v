// Simulation only: checks the law of a stream (README.md): valid and data hold until the transfer.
//
// Stands inside the modules that drive a stream; for synthesis it is empty. Stops the simulation with its place and the fault.
// Example: flexor_stream_check #(.Bits(8)) u_check (...). Not done here: anything on ready.
module flexor_stream_check #(
  parameter integer Bits = 8
) (
  input wire            clk_i,
  input wire            rst_ni,
  input wire            valid_i,
  input wire            ready_i,
  input wire [Bits-1:0] data_i
);

`ifndef SYNTHESIS
  reg held_q;
  reg [Bits-1:0] data_q;
  initial held_q = 1'b0;

  always @(posedge clk_i) begin
    held_q <= rst_ni && valid_i && !ready_i;
    data_q <= data_i;
    if (rst_ni && held_q && !valid_i) begin
      $display("%m: error: valid was taken back before the transfer");
      $stop;
    end
    if (rst_ni && held_q && valid_i && data_i !== data_q) begin
      $display("%m: error: data changed before the transfer");
      $stop;
    end
  end
`else
  wire unused_check = ^{clk_i, rst_ni, valid_i, ready_i, data_i};
`endif

endmodule
