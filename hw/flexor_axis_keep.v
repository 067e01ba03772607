// Watches tkeep of an AXI4-Stream: error_o pulses in the cycle after a beat of which other bytes than it has are marked valid.
//
// Every beat is full but for the last one of a frame, whose lowest LastBytes hold the rest. The beat itself is left as it is.
// Example: Bytes 2 for elements of 9 to 16 bits; Bytes 32 and LastBytes 16 for 784 elements of a byte, 32 a beat.
// Not done here: removing null bytes, tstrb. Registered paths: error_o.
module flexor_axis_keep #(
  parameter integer Bytes = 1,
  parameter integer LastBytes = Bytes
) (
  input  wire             clk_i,
  input  wire             rst_ni,
  input  wire             valid_i,
  input  wire             ready_i,
  input  wire [Bytes-1:0] keep_i,
  // The beat is the last one of its frame.
  input  wire             last_i,
  output reg              error_o
);

  localparam [Bytes-1:0] All = {Bytes{1'b1}};
  wire [Bytes-1:0] wanted = last_i ? All >> (Bytes - LastBytes) : All;

  always @(posedge clk_i) error_o <= rst_ni && valid_i && ready_i && keep_i != wanted;

`ifndef SYNTHESIS
  initial begin
    if (!(LastBytes >= 1 && LastBytes <= Bytes)) begin
      $display("%m: error: flexor_axis_keep needs LastBytes from 1 to Bytes");
      $stop;
    end
  end
`endif

endmodule
