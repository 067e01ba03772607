// Test bench for Icarus Verilog: the harness's job in Verilog-2005, as a second opinion with x propagation.
//
// Drives s_axis from a memory file of images with random stalls on both sides and prints, one line each:
//   t STREAM CYCLE HEX       an element that was transferred on a stream (64 bits, x and z as they are)
//   o CYCLE LAST KEEP HEX    a transfer on m_axis, KEEP in binary
//   h STREAM CYCLE V R       a handshake that is neither 0 nor 1
//   v STREAM CYCLE RULE      a broken valid/ready law (RULE 0: valid dropped, 1: data changed); stream STREAMS is m_axis
//   e CYCLE BITS             a pulse of frame_error_o
//   w CYCLE                  a pulse of weight_error_o
//   s STREAM V R             state of a stream at the end
//   z STATUS CYCLES          the end: done, deadlock, cycle-limit
// Cycles count from the first transfer on s_axis. Not done here: early or late tlast, resets in mid-frame, traces.
`timescale 1ns / 1ps
module flexor_icarus_tb #(
  // Of a beat.
  parameter integer INPUT_BYTES = 1,
  // Of the last beat of a frame.
  parameter integer LAST_BYTES = 1,
  parameter integer OUTPUT_BYTES = 3,
  parameter integer STREAMS = 2,
  // Elements of the widest beat on a stream.
  parameter integer WIDEST = 1,
  parameter integer BEATS_A_FRAME = 4,
  parameter integer FRAMES = 1,
  parameter integer OUTPUT_BEATS = 4,
  parameter integer STALLS = 0,
  parameter integer SEED = 1,
  parameter integer WATCHDOG = 10000,
  parameter integer MAX_CYCLES = 1000000,
  parameter integer SETTLE = 256,
  // Cycles between the reset and the first beat.
  parameter integer LEAD = 0
);
  localparam integer BEATS = FRAMES * BEATS_A_FRAME;
  localparam integer RESULTS = FRAMES * OUTPUT_BEATS;
  localparam [INPUT_BYTES-1:0] KEEP = {INPUT_BYTES{1'b1}};

  reg clk = 1'b0;
  reg rst_n = 1'b0;
  reg [8*INPUT_BYTES-1:0] images [0:BEATS-1];
  reg [8*200-1:0] images_file;
  reg [8*INPUT_BYTES-1:0] s_data = {8 * INPUT_BYTES{1'b0}};
  reg s_valid = 1'b0;
  reg s_last = 1'b0;
  reg m_ready = 1'b0;
  wire s_ready;
  wire m_valid;
  wire m_last;
  wire [8*OUTPUT_BYTES-1:0] m_data;
  wire [OUTPUT_BYTES-1:0] m_keep;
  wire [2:0] frame_error;
  wire weight_error;
  wire [6:0] weight_stalls = STALLS;
  wire [STREAMS-1:0] probe_valid;
  wire [STREAMS-1:0] probe_ready;
  wire [8*STREAMS-1:0] probe_width;
  wire [64*WIDEST*STREAMS-1:0] probe_data;

  reg [STREAMS-1:0] was_waiting = {STREAMS{1'b0}};
  reg [64*WIDEST*STREAMS-1:0] was_data;
  reg m_was_waiting = 1'b0;
  reg [9*OUTPUT_BYTES:0] m_was_data;
  integer random = SEED;
  integer beat = 0;
  integer results = 0;
  integer tick = 0;
  integer cycle = -1;
  integer last_transfer = 0;
  integer i;
  integer place;

  flexor_sim_top u_dut (
    .clk_i(clk),
    .rst_ni(rst_n),
    .s_axis_tdata(s_data),
    .s_axis_tkeep(s_last ? KEEP >> (INPUT_BYTES - LAST_BYTES) : KEEP),
    .s_axis_tvalid(s_valid),
    .s_axis_tready(s_ready),
    .s_axis_tlast(s_last),
    .m_axis_tdata(m_data),
    .m_axis_tkeep(m_keep),
    .m_axis_tvalid(m_valid),
    .m_axis_tready(m_ready),
    .m_axis_tlast(m_last),
    .weight_stalls_i(weight_stalls),
    .weight_error_o(weight_error),
    .frame_error_o(frame_error),
    .probe_valid_o(probe_valid),
    .probe_ready_o(probe_ready),
    .probe_width_o(probe_width),
    .probe_data_o(probe_data)
  );

  function stalled;
    input integer value;
    stalled = ($unsigned(value) >> 8) % 100 < STALLS;
  endfunction

  // Inputs change at the falling edge, half a cycle ahead of the edge that uses them.
  task drive;
    begin
      random = $random(random);
      if (!s_valid && beat < BEATS && !stalled(random)) begin
        s_valid = 1'b1;
        s_data = images[beat];
        s_last = beat % BEATS_A_FRAME == BEATS_A_FRAME - 1;
      end
      random = $random(random);
      m_ready = !stalled(random);
    end
  endtask

  task finish;
    input [8*11-1:0] status;
    begin
      for (i = 0; i < STREAMS; i = i + 1) $display("s %0d %b %b", i, probe_valid[i], probe_ready[i]);
      $display("z %0s %0d", status, tick);
      $finish;
    end
  endtask

  task check_stream;
    input integer s;
    begin
      if ((probe_valid[s] ^ probe_ready[s]) === 1'bx) begin
        $display("h %0d %0d %b %b", s, cycle, probe_valid[s], probe_ready[s]);
      end
      if (was_waiting[s] && probe_valid[s] !== 1'b1) $display("v %0d %0d 0", s, cycle);
      else if (was_waiting[s] && probe_data[64*WIDEST*s+:64*WIDEST] !== was_data[64*WIDEST*s+:64*WIDEST]) $display("v %0d %0d 1", s, cycle);
      if (probe_valid[s] === 1'b1 && probe_ready[s] === 1'b1) begin
        for (place = 0; place < probe_width[8*s+:8]; place = place + 1) begin
          $display("t %0d %0d %h", s, cycle, probe_data[64*(WIDEST*s+place)+:64]);
        end
        last_transfer = tick;
      end
      was_waiting[s] = probe_valid[s] === 1'b1 && probe_ready[s] !== 1'b1;
      was_data[64*WIDEST*s+:64*WIDEST] = probe_data[64*WIDEST*s+:64*WIDEST];
    end
  endtask

  task check_output;
    begin
      if ((m_valid ^ s_ready) === 1'bx) $display("h %0d %0d %b %b", STREAMS, cycle, m_valid, s_ready);
      if (m_was_waiting && m_valid !== 1'b1) $display("v %0d %0d 0", STREAMS, cycle);
      else if (m_was_waiting && {m_last, m_keep, m_data} !== m_was_data) $display("v %0d %0d 1", STREAMS, cycle);
      if (m_valid === 1'b1 && m_ready) begin
        $display("o %0d %b %b %h", cycle, m_last, m_keep, m_data);
        results = results + 1;
        last_transfer = tick;
      end
      m_was_waiting = m_valid === 1'b1 && !m_ready;
      m_was_data = {m_last, m_keep, m_data};
    end
  endtask

  initial begin
    if (!$value$plusargs("images=%s", images_file)) begin
      $display("z no-images 0");
      $finish;
    end
    $readmemh(images_file, images);
  end

  always begin
    #5;
    // Just ahead of the rising edge: everything has settled, what shows is what the edge transfers.
    if (rst_n) begin
      if (s_valid && s_ready === 1'b1 && cycle < 0) cycle = 0;
      if (frame_error !== 3'b000) $display("e %0d %b", cycle, frame_error);
      if (weight_error !== 1'b0) $display("w %0d", cycle);
      for (i = 0; i < STREAMS; i = i + 1) check_stream(i);
      check_output;
      if (s_valid && s_ready === 1'b1) begin
        last_transfer = tick;
        beat = beat + 1;
        s_valid <= #1 1'b0;
      end
      if (results >= RESULTS && tick - last_transfer >= SETTLE) finish("done");
      else if (tick - last_transfer > WATCHDOG) finish("deadlock");
      else if (tick > MAX_CYCLES) finish("cycle-limit");
    end
    clk = 1'b1;
    #5;
    clk = 1'b0;
    tick = tick + 1;
    if (cycle >= 0) cycle = cycle + 1;
    if (tick == 4) rst_n = 1'b1;
    if (tick >= 4 + LEAD) drive;
  end
endmodule
