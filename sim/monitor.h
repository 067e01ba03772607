// Watches valid/ready streams of one or several elements a beat: counts frames and elements, notes when each frame begins and ends, checks that what was
// offered stays until it is taken, and logs every transfer where asked.
#ifndef FLEXOR_MONITOR_H
#define FLEXOR_MONITOR_H

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

// Cycles of the first and the last transfer of a frame; -1 where there was none.
struct FrameTimes {
  int64_t first = -1;
  int64_t last = -1;
};

struct Violation {
  bool found = false;
  int stream = 0;  // the number of streams stands for m_axis
  int64_t cycle = 0;
  const char* rule = "";
  int64_t held = 0;
  int64_t offered = 0;
};

class StreamMonitor {
 public:
  StreamMonitor(int index, int64_t elements, int width = 1) : index_(index), elements_(elements), held_(width) {}

  // One cycle; `data` are the elements of the beat. Returns true where it was transferred.
  bool observe(bool valid, bool ready, const int64_t* data, int64_t cycle, Violation& violation) {
    if (waiting_ && !violation.found) {
      if (!valid) violation = {true, index_, cycle, "valid dropped before the transfer", held_[0], 0};
      for (size_t i = 0; i < held_.size() && !violation.found; i++)
        if (data[i] != held_[i]) violation = {true, index_, cycle, "data changed before the transfer", held_[i], data[i]};
    }
    if (!waiting_) offered_ = cycle;
    valid_ = valid;
    ready_ = ready;
    waiting_ = valid && !ready;
    held_.assign(data, data + held_.size());
    return valid && ready;
  }

  // Counts the transfer of a beat; true where it ends a frame.
  bool count(int64_t cycle) {
    if (times_.size() <= static_cast<size_t>(frame_)) times_.resize(frame_ + 1);
    FrameTimes& times = times_[frame_];
    if (element_ == 0) times.first = cycle;
    transfers_++;
    element_ += there();
    if (element_ < elements_) return false;
    times.last = cycle;
    element_ = 0;
    frame_++;
    return true;
  }

  // A reset drops what was under way; the next transfer begins frame `frame`.
  void restart(int frame) {
    frame_ = frame;
    element_ = 0;
    waiting_ = valid_ = ready_ = false;
  }

  void print(std::FILE* out) const {
    std::fprintf(out, "{\"valid\":%s,\"ready\":%s,\"transfers\":%lld,\"frame\":%d,\"element\":%lld,\"times\":[",
                 valid_ ? "true" : "false", ready_ ? "true" : "false", static_cast<long long>(transfers_), frame_,
                 static_cast<long long>(element_));
    for (size_t i = 0; i < times_.size(); i++)
      std::fprintf(out, "%s[%lld,%lld]", i ? "," : "", static_cast<long long>(times_[i].first),
                   static_cast<long long>(times_[i].last));
    std::fprintf(out, "]}");
  }

  // Cycles that the beat on offer has been waiting.
  int64_t waited(int64_t cycle) const { return cycle - offered_; }
  int width() const { return static_cast<int>(held_.size()); }
  // Elements of the beat that comes next: the last one of a frame holds the rest.
  int64_t there() const { return std::min<int64_t>(width(), elements_ - element_); }
  int frame() const { return frame_; }
  int64_t element() const { return element_; }

 private:
  int index_;
  int64_t elements_;
  bool valid_ = false, ready_ = false, waiting_ = false;
  std::vector<int64_t> held_;
  int64_t offered_ = 0;
  int frame_ = 0;
  int64_t element_ = 0;
  int64_t transfers_ = 0;
  std::vector<FrameTimes> times_;
};

// Every element in order of time and place in its beat, 16 bytes each, little-endian: value (64 bits), cycle (36), cycles that the consumer
// made it wait (16, at most 65535), stream (12). Stream 4095 says that a reset came and that the next transfer of every
// stream begins frame `value`.
class TransferLog {
 public:
  static constexpr int kRestart = 4095;
  ~TransferLog() { close(); }
  bool open(const std::string& path) {
    file_ = std::fopen(path.c_str(), "wb");
    return file_ != nullptr;
  }
  void add(int stream, int64_t cycle, int64_t waited, int64_t value) {
    if (!file_) return;
    const uint64_t wait_bits = static_cast<uint64_t>(waited < 65535 ? waited : 65535);
    const uint64_t place = (static_cast<uint64_t>(cycle) & 0xfffffffffU) | wait_bits << 36 | uint64_t(stream) << 52;
    const uint64_t record[2] = {static_cast<uint64_t>(value), place};
    failed_ |= std::fwrite(record, sizeof record, 1, file_) != 1;
  }
  // False where the disk was full.
  bool close() {
    if (file_) failed_ |= std::fclose(file_) != 0;
    file_ = nullptr;
    return !failed_;
  }

 private:
  std::FILE* file_ = nullptr;
  bool failed_ = false;
};

#endif
