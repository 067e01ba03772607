// prove: Layers=1 Elements=1 AddrBits=7 | Layers=1 Elements=3 AddrBits=7
//
// Every write and every read gets one response, which holds until it is taken; words that do not exist or are read only get
// SLVERR; identity, control and status read as they are; errors stay until they are acknowledged; bit 0 of control holds the
// datapath in reset.
  reg [7:0] f_aw = 8'd0;
  reg [7:0] f_w = 8'd0;
  reg f_b_held = 1'b0;
  reg [1:0] f_b;
  reg f_r_held = 1'b0;
  reg [33:0] f_r;
  reg f_read = 1'b0;
  reg [AddrBits-3:0] f_address;
  reg [AddrBits-3:0] f_written;
  reg [AddrBits-3:0] f_answered;
  reg f_kept = 1'b0;
  reg [4:0] f_errors;
  reg [31:0] f_control, f_status;
  always @(posedge clk_i) begin
    f_b_held <= rst_ni && s_bvalid_o && !s_bready_i;
    f_b <= s_bresp_o;
    f_r_held <= rst_ni && s_rvalid_o && !s_rready_i;
    f_r <= {s_rresp_o, s_rdata_o};
    f_read <= rst_ni && s_arvalid_i && s_arready_o;
    if (s_arvalid_i && s_arready_o) f_address <= s_araddr_i[AddrBits-1:2];
    if (s_awvalid_i && s_awready_o) f_written <= s_awaddr_i[AddrBits-1:2];
    if (write) f_answered <= f_written;
    // Accepted and not answered.
    if (!rst_ni) begin
      f_aw <= 0;
      f_w <= 0;
    end else begin
      f_aw <= f_aw + (s_awvalid_i && s_awready_o) - (s_bvalid_o && s_bready_i);
      f_w <= f_w + (s_wvalid_i && s_wready_o) - (s_bvalid_o && s_bready_i);
    end
    f_kept <= rst_ni;
    f_errors <= (errors_q & ~acknowledged) | error_i;
    f_control <= {31'd0, core_reset_q};
    f_status <= {22'd0, pending_i, busy, 3'd0, errors_q};
  end
  always @*
    if (f_started) begin
      assert (f_aw == aw_held_q + s_bvalid_o && f_w == w_held_q + s_bvalid_o);
      if (aw_held_q) assert (write_word_q == f_written);
      if (f_b_held) assert (s_bvalid_o && s_bresp_o == f_b);
      if (s_bvalid_o) assert (s_bresp_o == ((f_answered == 3 || f_answered == 4) ? 2'b00 : 2'b10));
      if (f_r_held) assert (s_rvalid_o && {s_rresp_o, s_rdata_o} == f_r);
      if (f_read) begin
        assert (s_rvalid_o);
        assert (s_rresp_o == ((f_address < 18) ? 2'b00 : 2'b10));
        if (f_address == 0) assert (s_rdata_o == 32'h464c5852);
        if (f_address == 1) assert (s_rdata_o == 1);
        if (f_address == 2) assert (s_rdata_o == Layers);
        if (f_address == 3) assert (s_rdata_o == f_control);
        if (f_address == 4) assert (s_rdata_o == f_status);
      end
      if (f_kept) assert (errors_q == f_errors);
      assert (element_q <= Last);
      assert (core_rst_no == (rst_ni && !core_reset_q));
    end
