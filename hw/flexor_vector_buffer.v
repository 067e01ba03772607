// Splits a frame of Size elements into Simd contiguous stretches and delivers one element of each a cycle.
//
// Step t gives lane l element l*Steps + t. Two frames fit, so that one is filled while the other is read. Lanes past the end
// of the frame read as 0. Beats of InWidth elements come in, the last of a frame holds the rest; each goes into a bank, that
// of a lane, or where a beat holds the stretches of several lanes, of these. Serves dense layers with more than one lane.
// Example: Size 3136, Simd 4, Steps 784; Size 784, InWidth 32, Simd 49, Steps 16: a beat fills two lanes.
// Not done here: Simd = 1, which needs no buffer. Registered paths: memory outputs.
module flexor_vector_buffer #(
  parameter integer Bits = 8,
  // Power of two that divides Steps, or that Steps divides.
  parameter integer InWidth = 1,
  parameter integer Size = 5,
  parameter integer Simd = 2,
  parameter integer Steps = 3
) (
  input  wire                    clk_i,
  input  wire                    rst_ni,
  input  wire                    in_valid_i,
  output wire                    in_ready_o,
  input  wire [InWidth*Bits-1:0] in_data_i,
  output wire                    out_valid_o,
  input  wire                    out_ready_i,
  output wire [Simd*Bits-1:0]    out_data_o
);

  // Elements of a bank's word, lanes that a beat fills, and beats that fill a word of every lane.
  localparam integer WordWidth = (InWidth < Steps) ? InWidth : Steps;
  localparam integer Fills = InWidth / WordWidth;
  localparam integer Blocks = (Simd + Fills - 1) / Fills;
  localparam integer BlockBits = (Blocks <= 1) ? 1 : $clog2(Blocks);
  localparam integer StepBits = (Steps <= 1) ? 1 : $clog2(Steps);
  // Words of a lane, and of the last one, which may be shorter.
  localparam integer Words = Steps / WordWidth;
  localparam integer WordBits = (Words <= 1) ? 1 : $clog2(Words);
  localparam integer PartBits = $clog2(WordWidth);
  localparam integer LastLaneSize = Size - (Simd - 1) * Steps;
  localparam integer StepLastI = Steps - 1;
  localparam integer WordLastI = Words - 1;
  localparam integer BlockLastI = Blocks - 1;
  localparam integer ShortLastI = LastLaneSize - 1;
  localparam integer ShortWordLastI = (LastLaneSize + WordWidth - 1) / WordWidth - 1;
  localparam [StepBits-1:0] StepLast = StepLastI[StepBits-1:0];
  localparam [WordBits-1:0] WordLast = WordLastI[WordBits-1:0];
  localparam [BlockBits-1:0] BlockLast = BlockLastI[BlockBits-1:0];
  localparam [StepBits-1:0] ShortLast = ShortLastI[StepBits-1:0];
  localparam [WordBits-1:0] ShortWordLast = ShortWordLastI[WordBits-1:0];

  reg [1:0] full_q;
  reg write_half_q;
  reg read_half_q;
  reg [BlockBits-1:0] block_q;
  reg [WordBits-1:0] write_q;
  reg [StepBits-1:0] read_q;
  reg valid1_q;
  wire write = in_valid_i && in_ready_o;
  wire frame_end = (block_q == BlockLast) && (write_q == ShortWordLast);
  wire en = !valid1_q || out_ready_i;
  wire avail = full_q[read_half_q];
  wire issue = en && avail;
  wire read_end = read_q == StepLast;

  assign in_ready_o = !full_q[write_half_q];
  assign out_valid_o = valid1_q;

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      full_q <= 2'b00;
      write_half_q <= 1'b0;
      read_half_q <= 1'b0;
      block_q <= {BlockBits{1'b0}};
      write_q <= {WordBits{1'b0}};
      read_q <= {StepBits{1'b0}};
      valid1_q <= 1'b0;
    end else begin
      if (en) valid1_q <= avail;
      if (write) begin
        write_q <= (frame_end || write_q == WordLast) ? {WordBits{1'b0}} : write_q + 1'b1;
        if (frame_end) begin
          block_q <= {BlockBits{1'b0}};
          write_half_q <= !write_half_q;
          full_q[write_half_q] <= 1'b1;
        end else if (write_q == WordLast) block_q <= block_q + 1'b1;
      end
      if (issue) begin
        read_q <= read_end ? {StepBits{1'b0}} : read_q + 1'b1;
        if (read_end) begin
          read_half_q <= !read_half_q;
          full_q[read_half_q] <= 1'b0;
        end
      end
    end
  end

  // All lanes are read at one address, and a beat fills those of a block: a bank a block, in one memory.
  wire [WordBits-1:0] read_word;
  wire [Blocks-1:0] selected;
  wire [Blocks*InWidth*Bits-1:0] words;

  flexor_ram #(
    .Width(InWidth * Bits),
    .Banks(Blocks),
    .Depth(2 * (1 << WordBits)),
    .AddrBits(WordBits + 1)
  ) u_banks (
    .clk_i(clk_i),
    .wr_en_i(selected & {Blocks{write}}),
    .wr_addr_i({write_half_q, write_q}),
    .wr_data_i(in_data_i),
    .rd_en_i(issue),
    .rd_addr_i({read_half_q, read_word}),
    .rd_data_o(words)
  );

  genvar l;
  generate
    if (Simd < Blocks * Fills) begin : g_unused
      wire unused_words = ^words[Blocks*InWidth*Bits-1:Simd*WordWidth*Bits];
    end
    if (Words == 1) begin : g_one_word
      assign read_word = {WordBits{1'b0}};
    end else begin : g_words
      assign read_word = read_q[PartBits+:WordBits];
    end
    if (WordWidth > 1) begin : g_picked
      reg [PartBits-1:0] part1_q;
      always @(posedge clk_i) if (issue) part1_q <= read_q[PartBits-1:0];
    end
    for (l = 0; l < Blocks; l = l + 1) begin : g_block
      localparam integer BlockI = l;
      assign selected[l] = block_q == BlockI[BlockBits-1:0];
    end
    for (l = 0; l < Simd; l = l + 1) begin : g_lane
      wire [WordWidth*Bits-1:0] word = words[l*WordWidth*Bits+:WordWidth*Bits];
      wire [Bits-1:0] data;
      if (WordWidth == 1) begin : g_element
        assign data = word;
      end else begin : g_part
        assign data = word[g_picked.part1_q*Bits+:Bits];
      end
      if (l == Simd - 1 && LastLaneSize < Steps) begin : g_short
        reg past1_q;
        always @(posedge clk_i) if (issue) past1_q <= read_q > ShortLast;
        assign out_data_o[l*Bits+:Bits] = past1_q ? {Bits{1'b0}} : data;
      end else begin : g_full
        assign out_data_o[l*Bits+:Bits] = data;
      end
    end
  endgenerate

`ifndef SYNTHESIS
  initial begin
    if (!(Steps % WordWidth == 0 && InWidth % WordWidth == 0)) begin
      $display("%m: error: flexor_vector_buffer needs InWidth that divides Steps, or that Steps divides");
      $stop;
    end
    if (!(Steps * Simd >= Size && Steps * (Simd - 1) < Size)) begin
      $display("%m: error: flexor_vector_buffer needs Steps vectors that hold Size elements, no lane idle");
      $stop;
    end
  end

  flexor_stream_check #(
    .Bits(Simd * Bits)
  ) u_stream_check (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .valid_i(out_valid_o),
    .ready_i(out_ready_i),
    .data_i(out_data_o)
  );
`endif

endmodule
