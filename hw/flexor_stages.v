// Valid bits of pipeline stages that move together: en_o moves all of them, unless the last one holds what is not taken.
//
// Example: Stages 3: out_valid_o three moves behind in_valid_i.
// Not done here: the stages' data, which moves with en_o. Registered paths: valid_o.
module flexor_stages #(
  // At least 2.
  parameter integer Stages = 3
) (
  input  wire              clk_i,
  input  wire              rst_ni,
  input  wire              in_valid_i,
  output wire              en_o,
  // Stage s in bit s; the last one is the output.
  output reg  [Stages-1:0] valid_o,
  input  wire              out_ready_i
);

  assign en_o = !valid_o[Stages-1] || out_ready_i;

  always @(posedge clk_i)
    if (!rst_ni) valid_o <= {Stages{1'b0}};
    else if (en_o) valid_o <= {valid_o[Stages-2:0], in_valid_i};

`ifndef SYNTHESIS
  initial begin
    if (!(Stages >= 2)) begin
      $display("%m: error: flexor_stages needs Stages at least 2");
      $stop;
    end
  end
`endif

endmodule
