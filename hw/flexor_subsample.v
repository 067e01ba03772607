// Shortcut without weights: keeps every StrideH-th row's every StrideW-th pixel, with channels of zeros before and after.
//
// Of a pixel that is kept, Before zeros, its Channels elements and After zeros go out; the elements of any other pixel are
// taken and dropped. The zeros before a pixel wait for its first element, so that no frame begins before its input does.
// Example: 32x32x16, strides 2, Before 8, After 8: 16x16x32 (option A of ResNet).
// Not done here: buffering. Registered paths: none; put a flexor_fifo behind.
module flexor_subsample #(
  parameter integer Bits = 8,
  parameter integer Height = 4,
  parameter integer Width = 4,
  parameter integer Channels = 2,
  parameter integer StrideH = 2,
  parameter integer StrideW = 2,
  parameter integer Before = 1,
  parameter integer After = 1
) (
  input  wire            clk_i,
  input  wire            rst_ni,
  input  wire            in_valid_i,
  output wire            in_ready_o,
  input  wire [Bits-1:0] in_data_i,
  output wire            out_valid_o,
  input  wire            out_ready_i,
  output wire [Bits-1:0] out_data_o
);

  // Place in a pixel: zeros before, elements, zeros after; a dropped pixel has elements only.
  localparam integer Places = Before + Channels + After;
  localparam integer PlaceBits = $clog2(Places + 1);
  localparam integer ColBits = $clog2(Width + 1);
  localparam integer RowBits = $clog2(Height + 1);
  localparam integer ColPhaseBits = $clog2(StrideW + 1);
  localparam integer RowPhaseBits = $clog2(StrideH + 1);
  localparam integer ElementLastI = Before + Channels - 1;
  localparam integer PlaceLastI = Places - 1;
  localparam integer ColLastI = Width - 1;
  localparam integer RowLastI = Height - 1;
  localparam integer ColPhaseLastI = StrideW - 1;
  localparam integer RowPhaseLastI = StrideH - 1;
  localparam [PlaceBits-1:0] ElementFirst = Before[PlaceBits-1:0];
  localparam [PlaceBits-1:0] ElementLast = ElementLastI[PlaceBits-1:0];
  localparam [PlaceBits-1:0] PlaceLast = PlaceLastI[PlaceBits-1:0];
  localparam [ColBits-1:0] ColLast = ColLastI[ColBits-1:0];
  localparam [RowBits-1:0] RowLast = RowLastI[RowBits-1:0];
  localparam [ColPhaseBits-1:0] ColPhaseLast = ColPhaseLastI[ColPhaseBits-1:0];
  localparam [RowPhaseBits-1:0] RowPhaseLast = RowPhaseLastI[RowPhaseBits-1:0];

  reg [PlaceBits-1:0] place_q;
  reg [ColBits-1:0] col_q;
  reg [RowBits-1:0] row_q;
  reg [ColPhaseBits-1:0] col_phase_q;
  reg [RowPhaseBits-1:0] row_phase_q;

  wire col_end = col_q == ColLast;
  wire row_end = row_q == RowLast;
  wire [ColPhaseBits-1:0] next_col_phase =
      (col_end || col_phase_q == ColPhaseLast) ? {ColPhaseBits{1'b0}} : col_phase_q + 1'b1;
  wire [RowPhaseBits-1:0] next_row_phase = !col_end ? row_phase_q :
      (row_end || row_phase_q == RowPhaseLast) ? {RowPhaseBits{1'b0}} : row_phase_q + 1'b1;
  wire keep = (col_phase_q == {ColPhaseBits{1'b0}}) && (row_phase_q == {RowPhaseBits{1'b0}});
  wire next_keep = (next_col_phase == {ColPhaseBits{1'b0}}) && (next_row_phase == {RowPhaseBits{1'b0}});

  wire leading = place_q + 1'b1 <= ElementFirst;
  wire trailing = place_q > ElementLast;
  wire element = !leading && !trailing;
  wire pixel_end = place_q == (keep ? PlaceLast : ElementLast);
  wire move = keep ? (out_valid_o && out_ready_i) : in_valid_i;

  assign in_ready_o = element && (!keep || out_ready_i);
  assign out_valid_o = keep && (trailing || in_valid_i);
  assign out_data_o = element ? in_data_i : {Bits{1'b0}};

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      place_q <= {PlaceBits{1'b0}};
      col_q <= {ColBits{1'b0}};
      row_q <= {RowBits{1'b0}};
      col_phase_q <= {ColPhaseBits{1'b0}};
      row_phase_q <= {RowPhaseBits{1'b0}};
    end else if (move) begin
      place_q <= !pixel_end ? place_q + 1'b1 : next_keep ? {PlaceBits{1'b0}} : ElementFirst;
      if (pixel_end) begin
        col_q <= col_end ? {ColBits{1'b0}} : col_q + 1'b1;
        if (col_end) row_q <= row_end ? {RowBits{1'b0}} : row_q + 1'b1;
        col_phase_q <= next_col_phase;
        row_phase_q <= next_row_phase;
      end
    end
  end

`ifndef SYNTHESIS
  initial begin
    if (!(StrideH >= 1 && StrideW >= 1)) begin
      $display("%m: error: flexor_subsample needs strides of at least 1");
      $stop;
    end
  end

  flexor_stream_check #(
    .Bits(Bits)
  ) u_stream_check (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .valid_i(out_valid_o),
    .ready_i(out_ready_i),
    .data_i(out_data_o)
  );
`endif

endmodule
