// Model-independent co-simulation harness: images in, logits and class out, every stream watched. Reads one job file
// (job.h), writes one JSON result; src/cosim compares. Cycle 0 is the first transfer on s_axis.
#include <algorithm>
#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "dut.h"
#include "job.h"
#include "loads.h"
#include "monitor.h"
#include "source.h"

namespace {

struct OutputFrame {
  int frame = 0;
  std::vector<int64_t> logits;
  uint64_t class_index = 0;
  bool last_is_right = true;
  bool keep_is_right = true;
};

class Harness {
 public:
  explicit Harness(const Job& job)
      : job_(job), dut_(make_dut(job.seed)), source_(job), loads_(job), sink_stalls_(job, job.seed ^ 0x5bd1e995U, job.output_beats()),
        output_(static_cast<int>(job.stream_elements.size()), job.output_beats()) {
    for (size_t s = 0; s < job.stream_elements.size(); s++) {
      streams_.emplace_back(static_cast<int>(s), job.stream_elements[s], job.stream_widths[s]);
      widest_ = std::max(widest_, job.stream_widths[s]);
    }
    beat_.resize(widest_);
    if (streams_.size() > 64 * kProbeWords) throw std::runtime_error("too many streams");
    if (!job.log_file.empty() && !log_.open(job.log_file)) throw std::runtime_error("cannot write " + job.log_file);
  }

  void run() {
    const auto started = std::chrono::steady_clock::now();
    if (!job_.trace_file.empty() && job_.trace_from == 0) dut_->open_trace(job_.trace_file);
    reset();
    while (status_ == nullptr) {
      if (source_.wants_reset()) restart_after_reset();
      step(true);
      judge();
    }
    dut_->finish();
    if (!log_.close()) throw std::runtime_error("cannot write " + job_.log_file);
    seconds_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  }

  void print(std::FILE* out) const {
    std::fprintf(out, "{\"status\":\"%s\",\"cycles\":%" PRIu64 ",\"seconds\":%.6f,", status_, tick_, seconds_);
    std::fprintf(out, "\"lastCycle\":%" PRId64 ",\"earlyLast\":%d,\"missingLast\":%d,\"wrongKeep\":%d,\"weightErrors\":%d,\"droppedFrames\":%d,\n",
                 cycle_, early_errors_, missing_errors_, keep_errors_, weight_errors_, dropped_);
    if (violation_.found)
      std::fprintf(out, "\"violation\":{\"stream\":%d,\"cycle\":%" PRId64 ",\"rule\":\"%s\",\"held\":%" PRId64
                        ",\"offered\":%" PRId64 "},\n",
                   violation_.stream, violation_.cycle, violation_.rule, violation_.held, violation_.offered);
    std::fprintf(out, "\"streams\":[\n");
    for (size_t s = 0; s < streams_.size(); s++) {
      streams_[s].print(out);
      std::fprintf(out, "%s\n", s + 1 < streams_.size() ? "," : "");
    }
    std::fprintf(out, "],\"output\":");
    output_.print(out);
    if (!job_.packets.empty()) {
      std::fprintf(out, ",\n\"loads\":");
      loads_.print(out);
    }
    std::fprintf(out, ",\n\"frames\":[\n");
    for (size_t f = 0; f < finished_.size(); f++) print_frame(out, finished_[f], f + 1 < finished_.size());
    std::fprintf(out, "]}\n");
  }

 private:
  static void print_frame(std::FILE* out, const OutputFrame& frame, bool more) {
    std::fprintf(out, "{\"frame\":%d,\"class\":%" PRIu64 ",\"lastIsRight\":%s,\"keepIsRight\":%s,\"logits\":[",
                 frame.frame, frame.class_index, frame.last_is_right ? "true" : "false", frame.keep_is_right ? "true" : "false");
    for (size_t i = 0; i < frame.logits.size(); i++) std::fprintf(out, "%s%" PRId64, i ? "," : "", frame.logits[i]);
    std::fprintf(out, "]}%s\n", more ? "," : "");
  }

  void reset() {
    in_ = DutInputs{};
    for (int i = 0; i < 4; i++) step(false);
    in_.rst_n = true;
    in_.weight_stalls = job_.stalls;
    quiet_until_ = tick_ + job_.lead;
  }

  // The frames under way are lost; every stream begins again with the frame that the source sends next.
  void restart_after_reset() {
    const int next = source_.frame();
    dropped_ += next - completed_;
    reset();
    for (StreamMonitor& stream : streams_) stream.restart(next);
    output_.restart(next);
    current_ = OutputFrame{};
    completed_ = next;
    last_transfer_ = tick_;
    log_.add(TransferLog::kRestart, cycle_, 0, next);
  }

  // One clock cycle; transfers count only where `running`.
  void step(bool running) {
    if (running) {
      if (tick_ >= quiet_until_) source_.drive(in_, tick_);
      loads_.drive(in_, beats_, tick_);
      in_.m_ready = !sink_stalls_.stalled(tick_);
    }
    dut_->low(in_, out_);
    if (running) sample();
    trace(0);
    dut_->high();
    trace(1);
    tick_++;
    if (cycle_ >= 0) cycle_++;
  }

  void trace(uint64_t phase) {
    if (job_.trace_file.empty()) return;
    if (phase == 0 && tick_ == job_.trace_from && tick_ != 0) dut_->open_trace(job_.trace_file);
    if (tick_ >= job_.trace_from && tick_ < job_.trace_to) dut_->dump_trace(2 * tick_ + phase);
  }

  void sample() {
    if (in_.s_valid && out_.s_ready) {
      if (cycle_ < 0) cycle_ = 0;
      source_.taken(tick_);
      beats_++;
      last_transfer_ = tick_;
    }
    if (loads_.sample(in_, out_, source_.begun(), tick_)) last_transfer_ = tick_;
    weight_errors_ += out_.weight_error;
    early_errors_ += out_.frame_error & 1U;
    missing_errors_ += (out_.frame_error >> 1) & 1U;
    keep_errors_ += (out_.frame_error >> 2) & 1U;
    for (size_t s = 0; s < streams_.size(); s++) sample_stream(static_cast<int>(s));
    sample_output();
  }

  void sample_stream(int s) {
    const bool valid = (out_.probe_valid[s / 64] >> (s % 64)) & 1U;
    const bool ready = (out_.probe_ready[s / 64] >> (s % 64)) & 1U;
    const int width = streams_[s].width();
    for (int i = 0; i < width; i++) beat_[i] = valid ? out_.probe(widest_ * s + i) : 0;
    if (!streams_[s].observe(valid, ready, beat_.data(), cycle_, violation_)) return;
    const int there = static_cast<int>(streams_[s].there());
    streams_[s].count(cycle_);
    for (int i = 0; i < there; i++) log_.add(s, cycle_, streams_[s].waited(cycle_), beat_[i]);
    last_transfer_ = tick_;
  }

  void sample_output() {
    // tlast and tkeep belong to what must stay until it is taken.
    uint64_t mixed = out_.m_last;
    for (const uint64_t word : out_.m_data) mixed = (mixed << 17 | mixed >> 47) ^ word;
    for (const uint64_t word : out_.m_keep) mixed = (mixed << 17 | mixed >> 47) ^ word;
    const int64_t offered = out_.m_valid ? static_cast<int64_t>(mixed) : 0;
    if (!output_.observe(out_.m_valid, in_.m_ready, &offered, cycle_, violation_)) return;
    last_transfer_ = tick_;
    sink_stalls_.transferred(output_.element(), tick_);
    const int there = std::min(job_.output_width, job_.output_count - static_cast<int>(current_.logits.size()));
    const unsigned shift = 64U - 8U * static_cast<unsigned>(job_.logit_bytes);
    for (int i = 0; i < there; i++)
      current_.logits.push_back(static_cast<int64_t>(bytes_at(i * job_.logit_bytes) << shift) >> shift);
    if (!keep_is(there * job_.logit_bytes + job_.class_bytes)) current_.keep_is_right = false;
    current_.frame = output_.frame();
    const bool ends = output_.count(cycle_);
    if (out_.m_last != ends) current_.last_is_right = false;
    if (!ends) return;
    current_.class_index = bytes_at(there * job_.logit_bytes) & ((uint64_t{1} << (8 * job_.class_bytes)) - 1);
    finished_.push_back(current_);
    current_ = OutputFrame{};
    completed_++;
    std::printf("frame %d\n", completed_);
    std::fflush(stdout);
  }

  // Eight bytes of the output's data from this one on.
  uint64_t bytes_at(int byte) const {
    const unsigned low = 8U * static_cast<unsigned>(byte % 8);
    const uint64_t bits = out_.m_data[byte / 8] >> low;
    return low == 0 || byte / 8 + 1 == kOutputWords ? bits : bits | (out_.m_data[byte / 8 + 1] << (64 - low));
  }

  // tkeep marks so many of the lowest bytes and no other.
  bool keep_is(int bytes) const {
    for (int word = 0; word < kKeepWords; word++) {
      const int ones = std::clamp(bytes - 64 * word, 0, 64);
      if (out_.m_keep[word] != (ones == 64 ? ~uint64_t{0} : (uint64_t{1} << ones) - 1)) return false;
    }
    return true;
  }

  // Decides whether the run is over. Each stuck or finished run has one of six words for it.
  void judge() {
    if (violation_.found) status_ = "protocol";
    else if (dut_->stopped()) status_ = "check";
    else if (completed_ > job_.frames) status_ = "extra-output";
    else if (completed_ == job_.frames && source_.done() && loads_.done() && tick_ - last_transfer_ >= job_.settle) status_ = "done";
    else if (tick_ - last_transfer_ > job_.watchdog) status_ = "deadlock";
    else if (tick_ > job_.max_cycles) status_ = "cycle-limit";
  }

  const Job& job_;
  std::unique_ptr<Dut> dut_;
  Source source_;
  Loads loads_;
  Stalls sink_stalls_;
  std::vector<StreamMonitor> streams_;
  int widest_ = 1;             // elements of the widest beat
  std::vector<int64_t> beat_;
  StreamMonitor output_;
  TransferLog log_;
  DutInputs in_;
  DutOutputs out_;
  Violation violation_;
  std::vector<OutputFrame> finished_;
  OutputFrame current_;
  const char* status_ = nullptr;
  uint64_t tick_ = 0;            // cycles since power-on, reset included
  int64_t cycle_ = -1;           // cycles since the first transfer on s_axis
  uint64_t quiet_until_ = 0;     // tick from which the source may offer
  int64_t beats_ = 0;            // transfers on s_axis
  uint64_t last_transfer_ = 0;   // tick
  int completed_ = 0, dropped_ = 0, early_errors_ = 0, missing_errors_ = 0, keep_errors_ = 0, weight_errors_ = 0;
  double seconds_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 2) throw std::runtime_error("usage: flexor_sim JOB");
    const Job job = read_job(argv[1]);
    Harness harness(job);
    harness.run();
    std::FILE* out = std::fopen(job.result_file.c_str(), "w");
    if (!out) throw std::runtime_error("cannot write " + job.result_file);
    harness.print(out);
    if (std::fclose(out) != 0) throw std::runtime_error("cannot write " + job.result_file);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "flexor_sim: %s\n", error.what());
    return 3;
  }
}
