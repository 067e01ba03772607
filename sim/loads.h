// Drives s_load with the packets of a job and listens on m_load, with random stalls on both (hw/flexor_loader.v).
#ifndef FLEXOR_LOADS_H
#define FLEXOR_LOADS_H

#include <vector>

#include "dut.h"
#include "job.h"
#include "source.h"

class Loads {
 public:
  explicit Loads(const Job& job)
      : job_(job), source_stalls_(job, job.seed ^ 0x2c1b3c6dU, 1 << 12), sink_stalls_(job, job.seed ^ 0x297a2d39U, 1 << 12) {}

  bool done() const { return packet_ == job_.packets.size() && ends_ == job_.reads; }

  // `beats`: transfers on s_axis so far; a packet waits for its turn.
  void drive(DutInputs& in, int64_t beats, uint64_t cycle) {
    if (!offering_ && packet_ < job_.packets.size() && beats >= current().after_beats && !source_stalls_.stalled(cycle))
      offering_ = true;
    in.load_valid = offering_;
    in.back_ready = !sink_stalls_.stalled(cycle);
    if (!offering_) return;
    in.load_data = current().beats[beat_];
    in.load_last = beat_ + 1 == current().beats.size();
  }

  // After the transfers on s_axis of this cycle, of which `begun` frames have begun. True where something moved.
  bool sample(const DutInputs& in, const DutOutputs& out, int begun, uint64_t cycle) {
    errors_ += out.load_error ? 1 : 0;
    const bool taken = in.load_valid && out.load_ready;
    const bool answered = out.back_valid && in.back_ready;
    if (taken) take(begun, cycle);
    if (answered) {
      answers_.push_back(out.back_data);
      ends_ += out.back_last ? 1 : 0;
      sink_stalls_.transferred(static_cast<int64_t>(answers_.size() % (1 << 12)), cycle);
    }
    return taken || answered;
  }

  // "taken": per packet, frames that had begun when its last beat was taken.
  void print(std::FILE* out) const {
    std::fprintf(out, "{\"errors\":%d,\"ends\":%d,\"taken\":[", errors_, ends_);
    for (size_t i = 0; i < taken_.size(); i++) std::fprintf(out, "%s%d", i ? "," : "", taken_[i]);
    std::fprintf(out, "],\"answers\":[");
    for (size_t i = 0; i < answers_.size(); i++) std::fprintf(out, "%s%u", i ? "," : "", answers_[i]);
    std::fprintf(out, "]}");
  }

 private:
  const LoadPacket& current() const { return job_.packets[packet_]; }

  void take(int begun, uint64_t cycle) {
    source_stalls_.transferred(static_cast<int64_t>(beat_ % (1 << 12)), cycle);
    offering_ = false;
    if (++beat_ < current().beats.size()) return;
    taken_.push_back(begun);
    beat_ = 0;
    packet_++;
  }

  const Job& job_;
  Stalls source_stalls_, sink_stalls_;
  size_t packet_ = 0, beat_ = 0;
  bool offering_ = false;
  int errors_ = 0, ends_ = 0;
  std::vector<int> taken_;
  std::vector<uint32_t> answers_;
};

#endif
