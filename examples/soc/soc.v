// Two designs of flexor in one system: a memory that the host and two DMAs share, a DMA a design.
//
// Word addresses of the host: bits 17:16 choose 0 the memory of 65,536 words, 1 the registers of the DMA of `eye`, 2 those
// of the DMA of `ear` (soc_dma.v). What is read comes in the next cycle.
// soc_widths.vh has the widths of the designs' streams (driver.py writes it from their manifests).
module soc (
  input  wire        clk_i,
  input  wire        rst_ni,
  input  wire        host_valid_i,
  input  wire        host_write_i,
  input  wire [17:0] host_addr_i,
  input  wire [63:0] host_data_i,
  output wire [63:0] host_data_o
);

`include "soc_widths.vh"

  // Memory: one access a cycle, the host first.
  reg [63:0] memory [0:65535];
  reg [63:0] read_data;
  wire host_memory = host_valid_i && host_addr_i[17:16] == 2'd0;
  wire eye_valid;
  wire eye_write;
  wire [15:0] eye_addr;
  wire [63:0] eye_data;
  wire ear_valid;
  wire ear_write;
  wire [15:0] ear_addr;
  wire [63:0] ear_data;
  wire eye_grant = eye_valid && !host_memory;
  wire ear_grant = ear_valid && !host_memory && !eye_valid;
  wire [15:0] addr = host_memory ? host_addr_i[15:0] : eye_valid ? eye_addr : ear_addr;
  wire [63:0] data = host_memory ? host_data_i : eye_valid ? eye_data : ear_data;
  wire write = host_memory ? host_write_i : eye_valid ? eye_write : ear_valid && ear_write;

  always @(posedge clk_i) begin
    if (write) memory[addr] <= data;
    read_data <= memory[addr];
  end

  // Registers.
  wire [31:0] eye_reg;
  wire [31:0] ear_reg;
  reg [1:0] chosen;
  reg [31:0] reg_data;
  always @(posedge clk_i) begin
    chosen <= host_addr_i[17:16];
    reg_data <= host_addr_i[17:16] == 2'd1 ? eye_reg : ear_reg;
  end
  assign host_data_o = chosen == 2'd0 ? read_data : {32'd0, reg_data};

  // The eye.
  wire eye_s_valid;
  wire eye_s_ready;
  wire eye_s_last;
  wire [8*EyeInBytes-1:0] eye_s_data;
  wire eye_m_valid;
  wire eye_m_ready;
  wire eye_m_last;
  wire [8*EyeOutBytes-1:0] eye_m_data;
  wire [EyeOutBytes-1:0] eye_m_keep;
  wire [2:0] eye_error;

  soc_dma #(
    .InBytes(EyeInBytes),
    .OutBytes(EyeOutBytes)
  ) u_eye_dma (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .reg_write_i(host_valid_i && host_write_i && host_addr_i[17:16] == 2'd1),
    .reg_addr_i(host_addr_i[2:0]),
    .reg_data_i(host_data_i[31:0]),
    .reg_data_o(eye_reg),
    .mem_valid_o(eye_valid),
    .mem_grant_i(eye_grant),
    .mem_write_o(eye_write),
    .mem_addr_o(eye_addr),
    .mem_data_o(eye_data),
    .mem_data_i(read_data),
    .s_axis_tvalid_o(eye_s_valid),
    .s_axis_tready_i(eye_s_ready),
    .s_axis_tdata_o(eye_s_data),
    .s_axis_tlast_o(eye_s_last),
    .m_axis_tvalid_i(eye_m_valid),
    .m_axis_tready_o(eye_m_ready),
    .m_axis_tdata_i(eye_m_data),
    .frame_error_i(eye_error)
  );

  eye_top #(
    .MemFolder("eye/mem")
  ) u_eye (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .s_axis_tdata(eye_s_data),
    .s_axis_tkeep({EyeInBytes{1'b1}}),
    .s_axis_tvalid(eye_s_valid),
    .s_axis_tready(eye_s_ready),
    .s_axis_tlast(eye_s_last),
    .m_axis_tdata(eye_m_data),
    .m_axis_tkeep(eye_m_keep),
    .m_axis_tvalid(eye_m_valid),
    .m_axis_tready(eye_m_ready),
    .m_axis_tlast(eye_m_last),
    .frame_error_o(eye_error)
  );

  // The ear.
  wire ear_s_valid;
  wire ear_s_ready;
  wire ear_s_last;
  wire [8*EarInBytes-1:0] ear_s_data;
  wire ear_m_valid;
  wire ear_m_ready;
  wire ear_m_last;
  wire [8*EarOutBytes-1:0] ear_m_data;
  wire [EarOutBytes-1:0] ear_m_keep;
  wire [2:0] ear_error;

  soc_dma #(
    .InBytes(EarInBytes),
    .OutBytes(EarOutBytes)
  ) u_ear_dma (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .reg_write_i(host_valid_i && host_write_i && host_addr_i[17:16] == 2'd2),
    .reg_addr_i(host_addr_i[2:0]),
    .reg_data_i(host_data_i[31:0]),
    .reg_data_o(ear_reg),
    .mem_valid_o(ear_valid),
    .mem_grant_i(ear_grant),
    .mem_write_o(ear_write),
    .mem_addr_o(ear_addr),
    .mem_data_o(ear_data),
    .mem_data_i(read_data),
    .s_axis_tvalid_o(ear_s_valid),
    .s_axis_tready_i(ear_s_ready),
    .s_axis_tdata_o(ear_s_data),
    .s_axis_tlast_o(ear_s_last),
    .m_axis_tvalid_i(ear_m_valid),
    .m_axis_tready_o(ear_m_ready),
    .m_axis_tdata_i(ear_m_data),
    .frame_error_i(ear_error)
  );

  ear_top #(
    .MemFolder("ear/mem")
  ) u_ear (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .s_axis_tdata(ear_s_data),
    .s_axis_tkeep({EarInBytes{1'b1}}),
    .s_axis_tvalid(ear_s_valid),
    .s_axis_tready(ear_s_ready),
    .s_axis_tlast(ear_s_last),
    .m_axis_tdata(ear_m_data),
    .m_axis_tkeep(ear_m_keep),
    .m_axis_tvalid(ear_m_valid),
    .m_axis_tready(ear_m_ready),
    .m_axis_tlast(ear_m_last),
    .frame_error_o(ear_error)
  );

  wire unused = ^{eye_m_last, eye_m_keep, ear_m_last, ear_m_keep};

endmodule
