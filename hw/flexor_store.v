// One or two banks of memory, read in the cycle after the address; of two, one can be loaded while the other one is read.
//
// Words travel on the load bus (hw/README.md), a chain of beats through all stores of a design, two cycles a store. A rewind (kind 1, the
// bank in data[0]) sets every store to the beginning of that bank. Of the beats that follow, a store takes the first
// Depth * ceil(Width / 32): a write (2) puts 32 bits into the next column of the next word, low bits first, a read (3) goes
// on as an answer (4) with what is there. All others pass. The file holds each word once for each bank.
// With one bank, bank_i and the bank of a rewind say nothing, and nothing may be read that is being loaded.
// Example: Width 48, Depth 3: six beats, the second of a word with 16 bits.
// Not done here: choosing the bank that is read (flexor_bank), counting beats (flexor_loader).
// Registered paths: data out, load_word_o but for the choice of the column.
module flexor_store #(
  parameter integer Width = 8,
  parameter integer Depth = 2,
  parameter integer AddrBits = 1,
  parameter integer Banks = 2,
  parameter MemFile = ""
) (
  input  wire                clk_i,
  input  wire                rst_ni,
  input  wire                en_i,
  input  wire                bank_i,
  input  wire [AddrBits-1:0] addr_i,
  output reg  [Width-1:0]    data_o,
  input  wire [2:0]          load_kind_i,
  input  wire [31:0]         load_word_i,
  output wire [2:0]          load_kind_o,
  output wire [31:0]         load_word_o
);

  localparam integer Columns = (Width + 31) / 32;
  localparam integer ColumnBits = (Columns <= 1) ? 1 : $clog2(Columns);
  localparam integer LastBits = Width - 32 * (Columns - 1);
  localparam integer PlaceBits = (Depth <= 1) ? 1 : AddrBits + Banks - 1;
  localparam integer ColumnLastI = Columns - 1;
  localparam integer AddrLastI = Depth - 1;
  localparam [ColumnBits-1:0] ColumnLast = ColumnLastI[ColumnBits-1:0];
  localparam [AddrBits-1:0] AddrLast = AddrLastI[AddrBits-1:0];
  localparam [2:0] Rewind = 3'd1;
  localparam [2:0] Write = 3'd2;
  localparam [2:0] Read = 3'd3;
  localparam [2:0] Answer = 3'd4;

  // Word a of bank b of two at 2a + b.
  reg [Width-1:0] mem [0:Banks*Depth-1];
  reg [Width-1:0] back_q;

  generate
    if (MemFile != "") begin : g_contents
      initial $readmemh(MemFile, mem);
    end
  endgenerate

  // The beat that came in, and the place that the next one of ours goes to.
  reg [2:0] kind1_q;
  reg [31:0] data1_q;
  reg bank_q;
  reg full_q;
  reg [AddrBits-1:0] addr_q;
  reg [ColumnBits-1:0] column_q;
  wire [AddrBits:0] load_place = (Banks == 2) ? {addr_q, bank_q} : {1'b0, addr_q};
  wire [AddrBits:0] read_place = (Banks == 2) ? {addr_i, bank_i} : {1'b0, addr_i};
  wire [PlaceBits-1:0] place = load_place[PlaceBits-1:0];
  // Not before the first reset either, when registers may hold anything.
  wire write = rst_ni && kind1_q == Write && !full_q;
  wire read = kind1_q == Read && !full_q;
  wire rewind = kind1_q == Rewind;
  wire word_end = column_q == ColumnLast;

  always @(posedge clk_i) begin
    data1_q <= load_word_i;
    if (!rst_ni) begin
      kind1_q <= 3'd0;
      full_q <= 1'b1;
    end else begin
      kind1_q <= load_kind_i;
      if (rewind) full_q <= 1'b0;
      else if ((write || read) && word_end && addr_q == AddrLast) full_q <= 1'b1;
    end
    if (rewind) begin
      bank_q <= data1_q[0];
      addr_q <= {AddrBits{1'b0}};
      column_q <= {ColumnBits{1'b0}};
    end else if (write || read) begin
      column_q <= word_end ? {ColumnBits{1'b0}} : column_q + 1'b1;
      if (word_end) addr_q <= addr_q + 1'b1;
    end
  end

  genvar c;
  generate
    for (c = 0; c < Columns; c = c + 1) begin : g_column
      localparam integer Bits = (c == Columns - 1) ? LastBits : 32;
      always @(posedge clk_i) if (write && column_q == c) mem[place][32*c+:Bits] <= data1_q[Bits-1:0];
    end
  endgenerate

  always @(posedge clk_i) begin
    if (read) back_q <= mem[place];
    if (en_i) data_o <= mem[read_place[PlaceBits-1:0]];
  end
  wire unused_place = ^{load_place, read_place};

  // The beat that goes out.
  reg [2:0] kind2_q;
  reg [31:0] data2_q;
  reg [ColumnBits-1:0] column2_q;
  wire [32*Columns-1:0] back;
  wire [31:0] answer = back[32*column2_q+:32];

  assign back[Width-1:0] = back_q;
  generate
    if (32 * Columns > Width) begin : g_padding
      assign back[32*Columns-1:Width] = {(32 * Columns - Width) {1'b0}};
    end
  endgenerate

  always @(posedge clk_i) begin
    if (!rst_ni) kind2_q <= 3'd0;
    else kind2_q <= write ? 3'd0 : read ? Answer : kind1_q;
    data2_q <= data1_q;
    column2_q <= column_q;
  end

  // Answers of the stores before this one pass as they are.
  reg own_q;
  always @(posedge clk_i) own_q <= read;
  assign load_kind_o = kind2_q;
  assign load_word_o = own_q ? answer : data2_q;

`ifndef SYNTHESIS
  initial begin
    if (!(Depth >= 1 && AddrBits >= $clog2(Depth) && (Banks == 1 || Banks == 2))) begin
      $display("%m: error: flexor_store needs AddrBits that hold Depth - 1, and one or two Banks");
      $stop;
    end
  end
`endif

endmodule
