// prove: Width=1 Branches=2 Depths=64'h0000000200000001 | Width=1 Branches=1 Depths=32'd2 | Width=1 Branches=2 Depths=64'h0000000100000003 RegisterDepth=2
// bounded: 8
//
// Every branch gives every element once, in order, whatever the others do; an element is taken where all have room; the law.
  localparam integer FRoom = 8;
  genvar f_b;
  generate
    for (f_b = 0; f_b < Branches; f_b = f_b + 1) begin : f_branch
      reg [FRoom*Width-1:0] f_queue = 0;
      reg [7:0] f_count = 8'd0;
      reg f_held = 1'b0;
      reg [Width-1:0] f_data;
      wire [Width-1:0] f_out = out_data_o >> (f_b * Width);
      wire f_pop = out_valid_o[f_b] && out_ready_i[f_b];
      wire [FRoom*Width-1:0] f_rest = f_pop ? f_queue >> Width : f_queue;
      wire [7:0] f_left = f_count - f_pop;
      always @(posedge clk_i) begin
        f_held <= rst_ni && out_valid_o[f_b] && !out_ready_i[f_b];
        f_data <= f_out;
        if (!rst_ni) begin
          f_count <= 0;
          f_queue <= 0;
        end else begin
          f_count <= f_left + push;
          f_queue <= push ? f_rest | (({{(FRoom * Width) {1'b0}}} | in_data_i) << (f_left * Width)) : f_rest;
        end
      end
      always @*
        if (f_started) begin
          assert (f_count <= ((Depths >> (32 * f_b)) & 32'hffffffff));
          if (out_valid_o[f_b]) assert (f_count != 0 && f_out == f_queue[Width-1:0]);
          if (f_held) assert (out_valid_o[f_b] && f_out == f_data);
        end
    end
  endgenerate
