// Turns memory words of encrypted slices into Pe weight bits a cycle, in stored order, for one lane of one plane.
//
// A word of Slices slices gives Slices*NOut = m*Pe weight bits; it is loaded every m-th cycle and shifted out Pe bits at
// a time. A lane whose first weight lies Phase bits inside a slice starts from that slice's upper bits (HeadSlice, the
// same at every pixel; head_i with HeadLoaded 1) and carries the last NOut - Phase bits of each word over to the next load.
// Example: NIn 12, NOut 20, Pe 16: Slices 4, one 48-bit word every 5 cycles.
// Not done here: reading the memory, counting cycles (flexor_engine). Registered paths: weight bits out.
module flexor_decryptor #(
  parameter integer NIn = 2,
  parameter integer NOut = 3,
  // M⊕ as a network of gates (flexor_xor_circuit).
  parameter integer Gates = 1,
  parameter [16*NOut+32*Gates-1:0] Wiring = {16'd1, 16'd0, 16'd2, 16'd1, 16'd0},
  parameter integer Slices = 1,
  parameter integer Pe = 3,
  parameter integer Phase = 0,
  parameter [NIn-1:0] HeadSlice = 2'b00,
  parameter integer HeadLoaded = 0
) (
  input  wire                  clk_i,
  input  wire                  en_i,
  // Load this word (else shift by Pe), and whether it is the first of a pixel.
  input  wire                  load_i,
  input  wire                  first_i,
  input  wire [Slices*NIn-1:0] word_i,
  input  wire [NIn-1:0]        head_i,
  output wire [Pe-1:0]         bits_o
);

  localparam integer WordBits = Slices * NOut;

  wire [WordBits-1:0] decrypted;
  wire [WordBits-1:0] fresh;
  reg [WordBits-1:0] shift_q;

  genvar s;
  generate
    for (s = 0; s < Slices; s = s + 1) begin : g_slice
      flexor_xor_circuit #(
        .NIn(NIn),
        .NOut(NOut),
        .Gates(Gates),
        .Wiring(Wiring)
      ) u_xor (
        .encrypted_i(word_i[s*NIn+:NIn]),
        .bits_o(decrypted[s*NOut+:NOut])
      );
    end

    if (Phase == 0) begin : g_aligned
      wire unused_first = ^{first_i, head_i};
      assign fresh = decrypted;
    end else begin : g_phase
      localparam integer Carry = NOut - Phase;
      wire [NOut-1:0] head;
      wire unused_head_i = ^head_i;
      reg [Carry-1:0] carry_q;
      flexor_xor_circuit #(
        .NIn(NIn),
        .NOut(NOut),
        .Gates(Gates),
        .Wiring(Wiring)
      ) u_head (
        .encrypted_i((HeadLoaded != 0) ? head_i : HeadSlice),
        .bits_o(head)
      );
      wire [Phase-1:0] unused_head = head[Phase-1:0];
      assign fresh = {decrypted[WordBits-Carry-1:0], first_i ? head[NOut-1:Phase] : carry_q};
      always @(posedge clk_i) if (en_i && load_i) carry_q <= decrypted[WordBits-1:WordBits-Carry];
    end

    if (WordBits == Pe) begin : g_direct
      always @(posedge clk_i) if (en_i && load_i) shift_q <= fresh;
    end else begin : g_shift
      always @(posedge clk_i)
        if (en_i) shift_q <= load_i ? fresh : {{Pe{1'b0}}, shift_q[WordBits-1:Pe]};
    end
  endgenerate

  assign bits_o = shift_q[Pe-1:0];

endmodule
