// Drives s_axis from the images of a job: random stalls, pauses, and broken input streams where the job asks for it.
#ifndef FLEXOR_SOURCE_H
#define FLEXOR_SOURCE_H

#include <algorithm>

#include "dut.h"
#include "job.h"

// xorshift32 (Marsaglia, 2003).
class Xorshift {
 public:
  explicit Xorshift(uint32_t seed) : state_(seed * 2654435761U ^ 0x9e3779b9U) {
    if (state_ == 0) state_ = 1;
    for (int i = 0; i < 8; i++) next();
  }
  uint32_t next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 17;
    state_ ^= state_ << 5;
    return state_;
  }
  uint64_t below(uint64_t n) { return (static_cast<uint64_t>(next()) << 16 ^ next()) % n; }
  bool percent(unsigned p) { return p != 0 && next() % 100 < p; }

 private:
  uint32_t state_;
};

// When one side of the design stalls: each cycle with the job's probability, and in some frames for a long while, so that
// back-pressure reaches every layer and every layer runs dry.
class Stalls {
 public:
  Stalls(const Job& job, uint32_t seed, int64_t beats_a_frame) : job_(job), random_(seed), beats_(beats_a_frame) {}

  bool stalled(uint64_t cycle) {
    if (job_.stalls == 0) return false;
    return cycle < pause_until_ || random_.percent(job_.stalls);
  }

  // Called with every transfer of this side.
  void transferred(int64_t beat, uint64_t cycle) {
    if (job_.stalls == 0 || job_.longest_pause == 0) return;
    if (beat == 0) pause_at_ = random_.percent(job_.stalls) ? static_cast<int64_t>(random_.below(beats_)) : -1;
    if (beat == pause_at_) pause_until_ = cycle + 1 + random_.below(job_.longest_pause);
  }

 private:
  const Job& job_;
  Xorshift random_;
  int64_t beats_;
  int64_t pause_at_ = -1;
  uint64_t pause_until_ = 0;
};

class Source {
 public:
  explicit Source(const Job& job) : job_(job), stalls_(job, job.seed, job.input_beats()) { start_frame(0); }

  bool done() const { return frame_ >= job_.frames; }
  int frame() const { return frame_; }
  // Frames of which a beat was taken.
  int begun() const { return frame_ + (beat_ > 0 ? 1 : 0); }

  // True where the job wants the reset now; the frames sent so far are lost and the next frame is the one returned by frame().
  bool wants_reset() {
    if (done() || event_.kind != BrokenInput::reset || beat_ != event_.beat) return false;
    offering_ = false;
    start_frame(frame_ + 1);
    return true;
  }

  void drive(DutInputs& in, uint64_t cycle) {
    if (!offering_ && !done() && !stalls_.stalled(cycle)) offering_ = true;
    in.s_valid = offering_;
    if (!offering_) return;
    // Beats behind the frame (late tlast) repeat it: the design has to drop them.
    const int64_t first = beat_ % job_.input_beats() * job_.input_width;
    const size_t at = static_cast<size_t>(frame_) * job_.input_elements + first;
    const int64_t there = std::min<int64_t>(job_.input_width, job_.input_elements - first);
    for (uint64_t& word : in.s_data) word = 0;
    for (int i = 0, byte = 0; i < job_.input_width; i++) {
      // Bytes that hold no element are ones: nothing may depend on them.
      const uint64_t value = i < there ? static_cast<uint64_t>(static_cast<int64_t>(job_.images[at + i])) : ~uint64_t{0};
      for (int b = 0; b < job_.input_bytes; b++, byte++) in.s_data[byte / 8] |= (value >> (8 * b) & 0xff) << (byte % 8 * 8);
    }
    in.s_last = last();
    // What is sent behind a frame is no part of it: full beats.
    const int64_t marked = beat_ < job_.input_beats() ? there : job_.input_width;
    for (uint64_t& word : in.s_keep) word = 0;
    for (int64_t byte = 0; byte < marked * job_.input_bytes; byte++) in.s_keep[byte / 64] |= uint64_t{1} << (byte % 64);
    const int64_t top = static_cast<int64_t>(job_.input_width) * job_.input_bytes - 1;
    if (event_.kind == BrokenInput::wrong_keep && beat_ == event_.beat) in.s_keep[top / 64] ^= uint64_t{1} << (top % 64);
  }

  // The beat on offer was taken.
  void taken(uint64_t cycle) {
    const bool ends = last();
    stalls_.transferred(beat_, cycle);
    offering_ = false;
    if (ends) start_frame(frame_ + 1);
    else beat_++;
  }

 private:
  void start_frame(int frame) {
    frame_ = frame;
    beat_ = 0;
    event_ = job_.event_of(frame);
  }

  // The beat that carries tlast ends what the source sends for a frame.
  bool last() const {
    if (event_.kind == BrokenInput::early_last) return beat_ == event_.beat;
    const int64_t late = event_.kind == BrokenInput::late_last ? event_.beat : 0;
    return beat_ + 1 == job_.input_beats() + late;
  }

  const Job& job_;
  Stalls stalls_;
  int frame_ = 0;
  int64_t beat_ = 0;
  FrameEvent event_;
  bool offering_ = false;
};

#endif
