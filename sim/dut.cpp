// Binds one verilated flexor_sim_top to the interface of dut.h. Compiled with every design; the harness is not.
#include "dut.h"

#include <memory>
#include <type_traits>
#include <utility>

#include "Vflexor_sim_top.h"
#include "verilated.h"
#if VM_TRACE
#include "verilated_fst_c.h"
#endif

namespace {

bool stop_seen = false;

}  // namespace

// What the runtime calls at a $stop; its own would end the process before the harness has said which layer it was.
void vl_stop(const char*, int, const char*) { stop_seen = true; }

namespace {

// Verilator makes a port an integer of 8, 16, 32 or 64 bits, and an array of 32-bit words above that.
template <typename Port>
void read_words(const Port& port, uint64_t* words, int count) {
  if constexpr (std::is_integral_v<Port>) {
    words[0] = port;
  } else {
    const int port_words = static_cast<int>(sizeof(Port) / sizeof(uint32_t));
    for (int i = 0; i < port_words && i / 2 < count; i++) {
      const uint64_t word = port[i];
      words[i / 2] = i % 2 == 0 ? word : words[i / 2] | (word << 32);
    }
  }
}

template <typename Port>
void write_port(Port& port, const uint64_t* words) {
  if constexpr (std::is_integral_v<Port>) {
    port = static_cast<Port>(words[0]);
  } else {
    const int port_words = static_cast<int>(sizeof(Port) / sizeof(uint32_t));
    for (int i = 0; i < port_words; i++) port[i] = static_cast<uint32_t>(words[i / 2] >> (i % 2 * 32));
  }
}

template <typename Port>
const uint32_t* first_word(const Port& port) {
  static_assert(sizeof(Port) >= sizeof(uint64_t), "probe_data_o has 64 bits an element");
  return reinterpret_cast<const uint32_t*>(&port);
}

// s_load, m_load and load_error_o, where the design has them.
template <typename Top, typename = void>
struct LoadPorts {
  static void write(Top&, const DutInputs&) {}
  static void read(const Top&, DutOutputs&) {}
};

template <typename Top>
struct LoadPorts<Top, std::void_t<decltype(std::declval<Top&>().s_load_tvalid)>> {
  static void write(Top& top, const DutInputs& in) {
    top.s_load_tvalid = in.load_valid;
    top.s_load_tlast = in.load_last;
    top.s_load_tdata = in.load_data;
    top.m_load_tready = in.back_ready;
  }
  static void read(const Top& top, DutOutputs& out) {
    out.load_ready = top.s_load_tready;
    out.back_valid = top.m_load_tvalid;
    out.back_last = top.m_load_tlast;
    out.back_data = top.m_load_tdata;
    out.load_error = top.load_error_o;
  }
};

class VerilatedDut final : public Dut {
 public:
  explicit VerilatedDut(uint32_t seed) {
    context_.randReset(2);
    context_.randSeed(static_cast<int>((seed & 0x3fffffffU) | 1U));
    context_.traceEverOn(VM_TRACE != 0);
    top_ = std::make_unique<Vflexor_sim_top>(&context_, "TOP");
  }

  void low(const DutInputs& in, DutOutputs& out) override {
    top_->clk_i = 0;
    top_->rst_ni = in.rst_n;
    top_->s_axis_tvalid = in.s_valid;
    top_->s_axis_tlast = in.s_last;
    top_->m_axis_tready = in.m_ready;
    write_port(top_->s_axis_tdata, in.s_data);
    write_port(top_->s_axis_tkeep, in.s_keep);
    top_->weight_stalls_i = in.weight_stalls;
    LoadPorts<Vflexor_sim_top>::write(*top_, in);
    top_->eval();
    out.s_ready = top_->s_axis_tready;
    out.m_valid = top_->m_axis_tvalid;
    out.m_last = top_->m_axis_tlast;
    out.frame_error = top_->frame_error_o;
    out.weight_error = top_->weight_error_o;
    read_words(top_->m_axis_tdata, out.m_data, kOutputWords);
    read_words(top_->m_axis_tkeep, out.m_keep, kKeepWords);
    read_words(top_->probe_valid_o, out.probe_valid, kProbeWords);
    read_words(top_->probe_ready_o, out.probe_ready, kProbeWords);
    out.probe_data = first_word(top_->probe_data_o);
    LoadPorts<Vflexor_sim_top>::read(*top_, out);
  }

  void high() override {
    top_->clk_i = 1;
    top_->eval();
  }

#if VM_TRACE
  void open_trace(const std::string& path) override {
    trace_ = std::make_unique<VerilatedFstC>();
    top_->trace(trace_.get(), 99);
    trace_->open(path.c_str());
  }
  void dump_trace(uint64_t time) override {
    if (trace_) trace_->dump(time);
  }
#else
  void open_trace(const std::string&) override {}
  void dump_trace(uint64_t) override {}
#endif

  bool stopped() const override { return stop_seen; }

  void finish() override {
    top_->final();
#if VM_TRACE
    if (trace_) trace_->close();
#endif
  }

 private:
  VerilatedContext context_;
#if VM_TRACE
  std::unique_ptr<VerilatedFstC> trace_;
#endif
  std::unique_ptr<Vflexor_sim_top> top_;
};

}  // namespace

std::unique_ptr<Dut> make_dut(uint32_t seed) { return std::make_unique<VerilatedDut>(seed); }
