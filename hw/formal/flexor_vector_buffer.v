// prove: Bits=1 Size=2 Simd=2 Steps=1 | Bits=1 Size=3 Simd=2 Steps=2 | Bits=1 Size=3 Simd=1 Steps=3 | Bits=1 InWidth=2 Size=3 Simd=2 Steps=2 | Bits=1 InWidth=2 Size=3 Simd=3 Steps=1
// bounded: 10
// holds: in
// gives: out
//
// Lane l gives elements l*Steps, l*Steps + 1, ... of every frame, when they have been written; one bit an element, and
// frames in whole beats.
  localparam integer FWhole = (Size + InWidth - 1) / InWidth * InWidth;
  reg [31:0] f_history = 0;
  reg [7:0] f_in = 8'd0;
  reg [7:0] f_out = 8'd0;
  always @(posedge clk_i)
    if (!rst_ni) begin
      f_in <= 0;
      f_out <= 0;
    end else begin
      if (in_valid_i && in_ready_o) begin
        f_in <= f_in + InWidth;
        f_history <= (f_history & ~(((32'd1 << InWidth) - 1) << f_in)) | ({{32 - InWidth{1'b0}}, in_data_i} << f_in);
      end
      if (out_valid_o && out_ready_i) f_out <= f_out + 1'b1;
    end
  genvar f_l;
  generate
    for (f_l = 0; f_l < Simd; f_l = f_l + 1) begin : f_lane
      wire [7:0] f_v = f_l * Steps + f_out % Steps;
      wire [9:0] f_at = f_out / Steps * FWhole + f_v;
      always @* if (f_started && out_valid_o && f_v < Size) assert (f_at < f_in && out_data_o[f_l] == f_history[f_at[4:0]]);
    end
  endgenerate
