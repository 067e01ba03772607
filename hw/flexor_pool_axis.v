// Where an element lies along one axis of an image that windows cover side by side: in which of them, and at which end.
//
// Each step moves to the next of Size elements, then to the next row or image. A window has Kernel elements, Pad of the
// first one's lie before the image, and the last one may reach beyond its end; elements behind the last window are outside.
// Example: Size 7, Kernel 3, Outputs 2: elements 0 to 2 are in window 0, 3 to 5 in window 1, element 6 is outside.
// Not done here: windows that overlap or leave gaps. Registered paths: none of what it gives waits for step_i.
module flexor_pool_axis #(
  parameter integer Size = 4,
  parameter integer Kernel = 2,
  // At least one element of every window is in the image.
  parameter integer Pad = 0,
  parameter integer Outputs = 2,
  // Of the number of a window, and of Outputs where elements are outside.
  parameter integer IndexBits = 1
) (
  input  wire                 clk_i,
  input  wire                 rst_ni,
  input  wire                 step_i,
  output wire [IndexBits-1:0] window_o,
  // That of the element behind this one.
  output wire [IndexBits-1:0] next_o,
  output wire                 first_o,
  output wire                 last_o,
  output wire                 outside_o,
  // The last of the Size elements.
  output wire                 end_o
);

  localparam integer Whole = Outputs * Kernel - Pad;
  localparam integer Tail = (Size > Whole) ? Size - Whole : 0;
  localparam integer Missing = (Whole > Size) ? Whole - Size : 0;
  localparam integer PlaceBits = (Kernel <= 1) ? 1 : $clog2(Kernel);
  localparam integer LastPlaceI = Kernel - 1;
  localparam integer FinalPlaceI = Kernel - 1 - Missing;
  localparam integer TailPlaceI = (Tail > 0) ? Tail - 1 : 0;
  localparam integer FinalI = Outputs - 1;
  localparam [PlaceBits-1:0] FirstPlace = Pad[PlaceBits-1:0];
  localparam [PlaceBits-1:0] LastPlace = LastPlaceI[PlaceBits-1:0];
  localparam [PlaceBits-1:0] FinalPlace = FinalPlaceI[PlaceBits-1:0];
  localparam [PlaceBits-1:0] TailPlace = TailPlaceI[PlaceBits-1:0];
  localparam [IndexBits-1:0] Final = FinalI[IndexBits-1:0];
  localparam [IndexBits-1:0] Outside = Outputs[IndexBits-1:0];

  reg [IndexBits-1:0] window_q;
  // Within the window; behind the last one, within what is outside.
  reg [PlaceBits-1:0] place_q;

  wire final_window = window_q == Final;
  wire advance = last_o || end_o;

  assign window_o = window_q;
  assign outside_o = (Tail > 0) && (window_q == Outside);
  assign first_o = place_q == ((window_q == {IndexBits{1'b0}}) ? FirstPlace : {PlaceBits{1'b0}});
  assign last_o = place_q == (final_window ? FinalPlace : LastPlace);
  assign end_o = (Tail > 0) ? (outside_o && place_q == TailPlace) : (final_window && last_o);
  assign next_o = end_o ? {IndexBits{1'b0}} : last_o ? window_q + 1'b1 : window_q;

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      window_q <= {IndexBits{1'b0}};
      place_q <= FirstPlace;
    end else if (step_i) begin
      window_q <= next_o;
      place_q <= !advance ? place_q + 1'b1 : end_o ? FirstPlace : {PlaceBits{1'b0}};
    end
  end

`ifndef SYNTHESIS
  initial begin
    if (!(Pad < Kernel && Tail < Kernel && Missing < Kernel && FinalPlaceI >= ((Outputs == 1) ? Pad : 0))) begin
      $display("%m: error: flexor_pool_axis needs windows that lie side by side, each with an element of the image");
      $stop;
    end
    if (!(IndexBits >= $clog2((Tail > 0) ? Outputs + 1 : Outputs))) begin
      $display("%m: error: flexor_pool_axis needs IndexBits that hold the number of every window");
      $stop;
    end
  end
`endif

endmodule
