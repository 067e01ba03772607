// Loads weights at run time: packets on s_load, answers on m_load, and the frame from which all layers use what was loaded.
//
// A packet is a command and its words. Command 1 and Words words load the bank that is not in use, in the order of the
// stores on the load bus (hw/README.md). The last beat is taken in the cycle in which the switch is decided: frames that
// begin later use the new weights at every layer, those under way the old ones. Command 2 alone reads the bank in use (the
// newest) back: Words words on m_load. A packet of another length or command is dropped, error_o pulses, nothing switches.
// Packets wait while layers still use the bank before the last switch. A reset keeps the bank in use, and with it the model
// that was loaded last and whole; a packet that it cuts is lost. Power-up begins with bank 0, as memories begin with their
// files.
//
// With one bank (Banks 1) a packet waits behind its command until the frames under way are through, and hold_o keeps new ones
// out from then on until a whole packet is in: behind one that was dropped or that a reset cut, no frame is computed with what
// it left.
// Example: Words 1234, Elements 784. Not done here: checking what the words mean.
// Registered paths: load_kind_o, load_word_o, m_load, switch_o, error_o; hold_o but for the choice of the element.
module flexor_loader #(
  parameter integer Words = 2,
  // Elements of a frame, to see where one begins.
  parameter integer Elements = 4,
  parameter integer FrameBits = 4,
  parameter integer Banks = 2
) (
  input  wire               clk_i,
  input  wire               rst_ni,
  input  wire               s_valid_i,
  output wire               s_ready_o,
  input  wire [31:0]        s_data_i,
  input  wire               s_last_i,
  output reg                m_valid_o,
  input  wire               m_ready_i,
  output reg  [31:0]        m_data_o,
  output reg                m_last_o,
  output reg                error_o,
  // An element of a frame goes in; none that begins one may while hold_o is high.
  input  wire               input_take_i,
  output wire               hold_o,
  output reg  [2:0]         load_kind_o,
  output reg  [31:0]        load_word_o,
  input  wire [2:0]         load_kind_i,
  input  wire [31:0]        load_word_i,
  output wire [FrameBits:0] switch_o,
  input  wire               settled_i
);

  localparam integer CountBits = (Words <= 1) ? 1 : $clog2(Words);
  localparam integer CountLastI = Words - 1;
  localparam [CountBits-1:0] CountLast = CountLastI[CountBits-1:0];
  localparam integer ElementBits = (Elements <= 1) ? 1 : $clog2(Elements);
  localparam integer ElementLastI = Elements - 1;
  localparam [ElementBits-1:0] ElementLast = ElementLastI[ElementBits-1:0];
  localparam [2:0] Rewind = 3'd1;
  localparam [2:0] Write = 3'd2;
  localparam [2:0] Read = 3'd3;
  localparam [2:0] Answer = 3'd4;
  localparam [2:0] Idle = 3'd0;
  localparam [2:0] Loading = 3'd1;
  localparam [2:0] Marking = 3'd2;
  localparam [2:0] Draining = 3'd3;
  localparam [2:0] Asking = 3'd4;
  localparam [2:0] Waiting = 3'd5;
  localparam [2:0] Answering = 3'd6;
  localparam [2:0] Dropping = 3'd7;

  reg [2:0] state_q;
  reg [CountBits-1:0] count_q;
  wire at_last = count_q == CountLast;
  wire load_command = s_data_i == 32'd1 && !s_last_i;
  wire read_command = s_data_i == 32'd2 && s_last_i;
  wire take = s_valid_i && s_ready_o;
  // The rewind behind the last write carries a mark; when it is back, all writes are done.
  wire drained = load_kind_i == Rewind && load_word_i[1];
  wire final_word = state_q == Loading && s_valid_i && s_last_i && at_last;
  wire decide = state_q == Draining && drained;

  // The final word is taken when the switch is decided; it is on the chain long before.
  // One bank is free when all layers are through with the frames before the switch that its command made.
  wire room = Banks == 2 || settled_i;
  assign s_ready_o = rst_ni && ((state_q == Idle && settled_i) || (state_q == Loading && room && !final_word) || decide ||
                                     state_q == Dropping);

  // Frames that have begun, this cycle's included.
  reg [ElementBits-1:0] element_q;
  reg [FrameBits-1:0] begun_q;
  wire frame_first = input_take_i && element_q == {ElementBits{1'b0}};
  wire [FrameBits-1:0] begun = begun_q + {{(FrameBits - 1) {1'b0}}, frame_first};

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      element_q <= {ElementBits{1'b0}};
      begun_q <= {FrameBits{1'b0}};
    end else begin
      if (input_take_i) element_q <= (element_q == ElementLast) ? {ElementBits{1'b0}} : element_q + 1'b1;
      begun_q <= begun;
    end
  end

  // No reset of bank_q: the other bank may hold a part of a packet. With one bank bank_q only says that something changed:
  // layers drop what they fetched ahead when a packet begins and when it is whole. Frames are counted from the reset on.
  reg bank_q;
  reg [FrameBits-1:0] frame_q;
  assign switch_o = {bank_q, frame_q};
  initial bank_q = 1'b0;

  wire empties = Banks == 1 && state_q == Idle && take && load_command;
  wire switches = decide || empties;

  always @(posedge clk_i) begin
    if (rst_ni && switches) bank_q <= !bank_q;
    if (!rst_ni) frame_q <= {FrameBits{1'b0}};
    else if (switches) frame_q <= begun;
  end

  // No reset either: what a cut packet left stays unused.
  reg hold_q;
  assign hold_o = hold_q && element_q == {ElementBits{1'b0}};
  initial hold_q = 1'b0;

  always @(posedge clk_i) begin
    if (rst_ni && switches) hold_q <= empties;
  end

  always @(posedge clk_i) begin
    load_kind_o <= 3'd0;
    load_word_o <= 32'd0;
    error_o <= 1'b0;
    if (!rst_ni) begin
      state_q <= Idle;
      m_valid_o <= 1'b0;
    end else begin
      case (state_q)
        Idle: if (take) begin
          count_q <= {CountBits{1'b0}};
          load_kind_o <= Rewind;
          load_word_o <= {31'd0, bank_q ^ load_command};
          if (load_command) state_q <= Loading;
          else if (read_command) state_q <= Asking;
          else begin
            error_o <= 1'b1;
            if (!s_last_i) state_q <= Dropping;
          end
        end
        Loading: if (s_valid_i && room) begin
          load_kind_o <= Write;
          load_word_o <= s_data_i;
          count_q <= count_q + 1'b1;
          if (final_word) state_q <= Marking;
          else if (s_last_i || at_last) begin
            error_o <= 1'b1;
            state_q <= s_last_i ? Idle : Dropping;
          end
        end
        Marking: begin
          load_kind_o <= Rewind;
          load_word_o <= 32'd2;
          state_q <= Draining;
        end
        Draining: if (decide) state_q <= Idle;
        Asking: begin
          load_kind_o <= Read;
          state_q <= Waiting;
        end
        Waiting: if (load_kind_i == Answer) begin
          m_valid_o <= 1'b1;
          m_data_o <= load_word_i;
          m_last_o <= at_last;
          state_q <= Answering;
        end
        Answering: if (m_ready_i) begin
          m_valid_o <= 1'b0;
          count_q <= count_q + 1'b1;
          state_q <= m_last_o ? Idle : Asking;
        end
        default: if (take && s_last_i) state_q <= Idle;
      endcase
    end
  end

`ifndef SYNTHESIS
  initial begin
    if (!(Words >= 1 && Elements >= 1 && (Banks == 1 || Banks == 2))) begin
      $display("%m: error: flexor_loader needs Words and Elements of at least 1, and one or two Banks");
      $stop;
    end
  end
`endif

endmodule
