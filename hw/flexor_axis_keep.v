// Watches tkeep of an AXI4-Stream: error_o pulses in the cycle after a beat of which not every byte is marked valid.
//
// Every beat is full, so a null byte is a mistake of the sender; the beat itself is left as it is.
// Example: Bytes 2 for elements of 9 to 16 bits. Not done here: removing null beats, tstrb. Registered paths: error_o.
module flexor_axis_keep #(
  parameter integer Bytes = 1
) (
  input  wire             clk_i,
  input  wire             rst_ni,
  input  wire             valid_i,
  input  wire             ready_i,
  input  wire [Bytes-1:0] keep_i,
  output reg              error_o
);

  always @(posedge clk_i) error_o <= rst_ni && valid_i && ready_i && keep_i != {Bytes{1'b1}};

endmodule
