// What the harness sees of a design: the ports of flexor_sim_top (README.md) as integers, whatever their width.
// The harness is compiled once against this; dut.cpp binds it to one design.
#ifndef FLEXOR_DUT_H
#define FLEXOR_DUT_H

#include <cstdint>
#include <memory>
#include <string>

// Words of 64 bits: 32 elements of four bytes, 32 logits of eight bytes with their class, and a bit for each byte of them.
constexpr int kInputWords = 16;
constexpr int kOutputWords = 33;
constexpr int kKeepWords = 5;

struct DutInputs {
  bool rst_n = false;
  bool s_valid = false;
  bool s_last = false;
  bool m_ready = false;
  uint64_t s_data[kInputWords] = {};
  uint64_t s_keep[kKeepWords] = {};
  // Ports of designs whose weights can be loaded; others ignore them.
  bool load_valid = false;
  bool load_last = false;
  bool back_ready = false;
  uint32_t load_data = 0;
  // Percent of cycles in which streams of weights stall.
  unsigned weight_stalls = 0;
};

// Most streams a design may have: words of 64 handshake bits.
constexpr int kProbeWords = 16;

struct DutOutputs {
  bool s_ready = false;
  bool m_valid = false;
  bool m_last = false;
  unsigned frame_error = 0;
  bool load_ready = false;
  bool back_valid = false;
  bool back_last = false;
  bool load_error = false;
  bool weight_error = false;
  uint32_t back_data = 0;
  uint64_t m_data[kOutputWords] = {};
  uint64_t m_keep[kKeepWords] = {};
  uint64_t probe_valid[kProbeWords] = {};
  uint64_t probe_ready[kProbeWords] = {};
  // 64 bits an element, low word first, for every stream those of the widest beat; stays at the same address.
  const uint32_t* probe_data = nullptr;

  int64_t probe(int place) const {
    const uint64_t low = probe_data[2 * place];
    const uint64_t high = probe_data[2 * place + 1];
    return static_cast<int64_t>(low | (high << 32));
  }
};

class Dut {
 public:
  virtual ~Dut() = default;
  // Clock low: applies the inputs and lets the combinational logic settle. A transfer is what the outputs show now.
  virtual void low(const DutInputs& inputs, DutOutputs& outputs) = 0;
  // Rising clock edge.
  virtual void high() = 0;
  virtual void open_trace(const std::string& path) = 0;
  // Writes the current values at a time (two steps a cycle); does nothing without an open trace.
  virtual void dump_trace(uint64_t time) = 0;
  // Whether a check inside the design has stopped the simulation ($stop); its message is on standard output.
  virtual bool stopped() const = 0;
  virtual void finish() = 0;
};

// Makes the design with random register and memory contents drawn from `seed`.
std::unique_ptr<Dut> make_dut(uint32_t seed);

#endif
