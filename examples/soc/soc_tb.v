// The system in a simulator, driven over pipes: commands on standard input, answers on standard output (driver.py).
//
// `w ADDRESS DATA` writes a word, `r ADDRESS` reads one and prints it, `t CYCLES` lets the clock run; all numbers are
// hexadecimal. The end of the input ends the simulation. The clock stands still while a command is waited for.
module soc_tb;

  localparam [31:0] Stdin = 32'h8000_0000;

  reg clk = 1'b0;
  reg rst_n = 1'b0;
  reg valid = 1'b0;
  reg write = 1'b0;
  reg [17:0] addr = 18'd0;
  reg [63:0] wdata = 64'd0;
  wire [63:0] rdata;

  soc u_soc (
    .clk_i(clk),
    .rst_ni(rst_n),
    .host_valid_i(valid),
    .host_write_i(write),
    .host_addr_i(addr),
    .host_data_i(wdata),
    .host_data_o(rdata)
  );

  // Signals change while the clock is low.
  task run;
    input integer cycles;
    integer i;
    for (i = 0; i < cycles; i = i + 1) begin
      #5 clk = 1'b1;
      #5 clk = 1'b0;
    end
  endtask

  reg [7:0] command;
  integer count;
  integer found;
  reg open;
  initial begin
    run(4);
    rst_n = 1'b1;
    open = 1'b1;
    while (open) begin
      found = $fscanf(Stdin, " %c", command);
      if (found != 1) begin
        open = 1'b0;
      end else if (command == "t") begin
        found = $fscanf(Stdin, "%h", count);
        run(count);
      end else begin
        write = command == "w";
        found = $fscanf(Stdin, "%h", addr);
        if (write) found = $fscanf(Stdin, "%h", wdata);
        valid = 1'b1;
        run(1);
        valid = 1'b0;
        if (!write) begin
          $display("%h", rdata);
          $fflush;
        end
      end
    end
    $finish;
  end

endmodule
