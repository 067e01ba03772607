// Feeds the decryptors of a layer: rows from a memory or from outside, gathered into words.
//
// The rows of a pixel come again and again, ahead of the engine: while a word is in use the rows of the next one are
// fetched, one a cycle. A word is Reads rows, the first one in its low bits, so words that are taken Reads cycles apart or
// more lose no cycle. Narrow rows fill block RAMs where wide words would leave most of them empty.
// Source 0: memory with fixed contents. 1: loaded at run time (flexor_store, on the chain from load_i to load_o, weights
// first); bank and frame of the last load come in switch_i (flexor_bank), and rows that were fetched for a frame of another
// bank are fetched again. 2: rows come on s_*, with last on the last row of a pixel; error_o pulses where it came elsewhere.
// Example: words of 80 bits every 10 cycles as five rows of 16 bits.
// Not done here: decrypting (flexor_decryptor). Registered paths: valid_o, word_o, heads_o (with Source 2: from s_*).
module flexor_weights #(
  parameter integer WordBits = 3,
  parameter integer RowBits = 2,
  parameter integer Reads = 2,
  // Rows of a pixel.
  parameter integer Rows = 4,
  parameter integer Source = 0,
  // With Source 1: pixels of a frame, bits of its number, and whether there are head slices, of HeadBits bits.
  parameter integer Pixels = 1,
  parameter integer FrameBits = 4,
  parameter integer Heads = 0,
  parameter integer HeadBits = 2,
  parameter MemFile = "",
  parameter HeadFile = ""
) (
  input  wire                clk_i,
  input  wire                rst_ni,
  output wire                valid_o,
  input  wire                take_i,
  output wire [WordBits-1:0] word_o,
  // Those of the pixel that word_o belongs to.
  output wire [HeadBits-1:0] heads_o,
  input  wire                s_valid_i,
  output wire                s_ready_o,
  input  wire [RowBits-1:0]  s_data_i,
  input  wire                s_last_i,
  output wire                error_o,
  input  wire [34:0]         load_i,
  output wire [34:0]         load_o,
  input  wire [FrameBits:0]  switch_i,
  output wire                settled_o
);

  localparam integer AddrBits = (Rows <= 1) ? 1 : $clog2(Rows);
  localparam integer RowLastI = Rows - 1;
  localparam [AddrBits-1:0] RowLast = RowLastI[AddrBits-1:0];

  // The next row, and whether it leaves: into the word that is gathered, or with it to the decryptors.
  wire [RowBits-1:0] row;
  wire row_valid;
  wire full;
  wire pop = row_valid && (!full || take_i);
  wire drop;

  generate
    if (Reads > 1) begin : g_gather
      localparam integer CountBits = $clog2(Reads);
      localparam integer CountLastI = Reads - 1;
      localparam [CountBits-1:0] CountLast = CountLastI[CountBits-1:0];
      localparam integer GatherBits = (Reads - 1) * RowBits;
      reg [CountBits-1:0] count_q;
      reg [GatherBits-1:0] gathered_q;
      wire [GatherBits+RowBits-1:0] rows = {row, gathered_q};

      assign full = count_q == CountLast;
      always @(posedge clk_i) begin
        if (!rst_ni || drop) count_q <= {CountBits{1'b0}};
        else if (pop) count_q <= full ? {CountBits{1'b0}} : count_q + 1'b1;
        if (pop && !full) gathered_q <= rows[GatherBits+RowBits-1:RowBits];
      end
      assign word_o = rows[WordBits-1:0];
      if (GatherBits + RowBits > WordBits) begin : g_rest
        wire unused_rest = ^rows[GatherBits+RowBits-1:WordBits];
      end
    end else begin : g_whole
      assign full = 1'b1;
      assign word_o = row;
    end
  endgenerate

  assign valid_o = row_valid && full;

  // The row that comes next.
  reg [AddrBits-1:0] addr_q;
  wire fetch;

  always @(posedge clk_i) begin
    if (!rst_ni || drop) addr_q <= {AddrBits{1'b0}};
    else if (fetch) addr_q <= (addr_q == RowLast) ? {AddrBits{1'b0}} : addr_q + 1'b1;
  end

  generate
    if (Source == 2) begin : g_stream
      reg error_q;
      assign row = s_data_i;
      assign row_valid = s_valid_i;
      assign s_ready_o = !full || take_i;
      assign fetch = pop;
      assign drop = 1'b0;
      assign error_o = error_q;
      always @(posedge clk_i) error_q <= rst_ni && pop && s_last_i != (addr_q == RowLast);
    end else begin : g_memory
      // The memory holds its output until that leaves.
      reg fetched_q;
      wire unused_stream = ^{s_valid_i, s_data_i, s_last_i};
      assign row_valid = fetched_q;
      assign fetch = (!fetched_q || pop) && !drop;
      assign s_ready_o = 1'b0;
      assign error_o = 1'b0;
      always @(posedge clk_i) fetched_q <= rst_ni && !drop;
    end

    if (Source == 1) begin : g_loaded
      wire bank;
      wire [34:0] load_rows;

      flexor_store #(
        .Width(RowBits),
        .Depth(Rows),
        .AddrBits(AddrBits),
        .MemFile(MemFile)
      ) u_rows (
        .clk_i(clk_i),
        .rst_ni(rst_ni),
        .en_i(fetch),
        .bank_i(bank),
        .addr_i(addr_q),
        .data_o(row),
        .load_i(load_i),
        .load_o(load_rows)
      );

      // When the last word of a pixel is taken, all its rows and no others have been fetched.
      wire unused_bank;
      flexor_bank #(
        .Pixels(Pixels),
        .FrameBits(FrameBits)
      ) u_bank (
        .clk_i(clk_i),
        .rst_ni(rst_ni),
        .done_i(take_i && addr_q == {AddrBits{1'b0}}),
        .switch_i(switch_i),
        .bank_o(unused_bank),
        .next_o(bank),
        .late_o(drop),
        .settled_o(settled_o)
      );

      // The head slices of lanes that start inside a slice: a memory of one word, read with the first row of a pixel.
      if (Heads != 0) begin : g_heads
        flexor_store #(
          .Width(HeadBits),
          .Depth(1),
          .AddrBits(1),
          .MemFile(HeadFile)
        ) u_heads (
          .clk_i(clk_i),
          .rst_ni(rst_ni),
          .en_i(fetch && addr_q == {AddrBits{1'b0}}),
          .bank_i(bank),
          .addr_i(1'b0),
          .data_o(heads_o),
          .load_i(load_rows),
          .load_o(load_o)
        );
      end else begin : g_no_heads
        assign load_o = load_rows;
        assign heads_o = {HeadBits{1'b0}};
      end
    end else begin : g_constant
      wire unused_switch = ^{switch_i, Pixels != 0, Heads != 0, HeadFile == ""};
      assign load_o = load_i;
      assign settled_o = 1'b1;
      assign heads_o = {HeadBits{1'b0}};

      if (Source == 0) begin : g_rom
        assign drop = 1'b0;

        flexor_rom #(
          .Width(RowBits),
          .Depth(Rows),
          .AddrBits(AddrBits),
          .MemFile(MemFile)
        ) u_rows (
          .clk_i(clk_i),
          .en_i(fetch),
          .addr_i(addr_q),
          .data_o(row)
        );
      end else begin : g_none
        wire unused_file = MemFile == "";
      end
    end
  endgenerate

endmodule
