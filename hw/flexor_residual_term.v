// One channel of a residual stream times its multiplier, in step with the products of a flexor_scaler.
//
// Example: Delay 0: term_o two moves of en_i behind data_i; multiplier_i is wanted one move behind it (Delay 1: one more each).
// Not done here: adding it. Registered paths: the element, the product.
module flexor_residual_term #(
  parameter integer Bits = 1,
  parameter integer Signed = 0,
  // Two's complement width.
  parameter integer MulBits = 2,
  // A stage more, as joined planes take.
  parameter integer Delay = 0,
  parameter integer OutBits = 34
) (
  input  wire               clk_i,
  input  wire               en_i,
  input  wire [Bits-1:0]    data_i,
  input  wire [MulBits-1:0] multiplier_i,
  output wire [OutBits-1:0] term_o
);

  // One bit more, for the sign of an unsigned element.
  localparam integer TermBits = Bits + 1;

  reg signed [TermBits-1:0] element_q;
  wire signed [TermBits-1:0] element;
  wire signed [MulBits-1:0] multiplier = multiplier_i;
  reg signed [TermBits+MulBits-1:0] product_q;

  generate
    if (Delay != 0) begin : g_later
      reg signed [TermBits-1:0] later_q;
      always @(posedge clk_i) if (en_i) later_q <= element_q;
      assign element = later_q;
    end else begin : g_now
      assign element = element_q;
    end
  endgenerate

  always @(posedge clk_i)
    if (en_i) begin
      element_q <= {(Signed != 0) && data_i[Bits-1], data_i};
      product_q <= element * multiplier;
    end

  flexor_resize #(
    .InBits(TermBits + MulBits),
    .OutBits(OutBits),
    .Signed(1)
  ) u_resize (
    .in_i(product_q),
    .out_o(term_o)
  );

endmodule
