// One co-simulation run as written by src/cosim: a text file of `key value...` lines, and the images as a flat file of
// little-endian 32-bit integers, frame after frame, NHWC.
#ifndef FLEXOR_JOB_H
#define FLEXOR_JOB_H

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

// What the source does wrong on purpose in one frame.
enum class BrokenInput { none, early_last, late_last, wrong_keep, reset };

struct FrameEvent {
  int frame = 0;
  BrokenInput kind = BrokenInput::none;
  // Beat that carries the early tlast or the wrong tkeep, or before which the reset comes, or how many beats tlast comes late.
  int64_t beat = 0;
};

// A packet on s_load, offered once so many transfers on s_axis were made and those before it are through.
struct LoadPacket {
  std::string file;
  int64_t after_beats = 0;
  std::vector<uint32_t> beats;
};

struct Job {
  std::string images_file, result_file, log_file, trace_file;
  uint64_t trace_from = 0, trace_to = UINT64_MAX;
  int frames = 0;
  int64_t input_elements = 0;
  // Elements of a beat on s_axis, and bytes of each.
  int input_width = 1;
  int input_bytes = 1;
  // Logits a frame and a beat, and bytes of each.
  int output_count = 1;
  int output_width = 1;
  int logit_bytes = 1, class_bytes = 1;
  // Per stream, elements a frame and elements a beat.
  std::vector<int64_t> stream_elements;
  std::vector<int> stream_widths;
  // Percent of cycles in which a side does not offer or take; 0: never.
  unsigned stalls = 0;
  // Longest pause of a side, in cycles; a pause comes in `stalls` percent of the frames.
  uint64_t longest_pause = 0;
  uint32_t seed = 1;
  // Cycles without a transfer anywhere after which the run counts as stuck.
  uint64_t watchdog = 10000;
  uint64_t max_cycles = UINT64_MAX;
  // Cycles run on after the last output, in which nothing may come out.
  uint64_t settle = 256;
  // Cycles between a reset and the first beat, in which the first rows of weights are fetched.
  uint64_t lead = 0;
  std::vector<FrameEvent> events;
  std::vector<LoadPacket> packets;
  // Packets among them that ask for an answer.
  int reads = 0;
  std::vector<int32_t> images;

  // The last beat of a frame may hold fewer elements, or logits, than the others.
  int64_t input_beats() const { return (input_elements + input_width - 1) / input_width; }
  int output_beats() const { return (output_count + output_width - 1) / output_width; }

  FrameEvent event_of(int frame) const {
    for (const FrameEvent& event : events)
      if (event.frame == frame) return event;
    return {};
  }
};

inline BrokenInput broken_input_named(const std::string& name) {
  if (name == "early-last") return BrokenInput::early_last;
  if (name == "late-last") return BrokenInput::late_last;
  if (name == "wrong-keep") return BrokenInput::wrong_keep;
  if (name == "reset") return BrokenInput::reset;
  throw std::runtime_error("unknown event " + name);
}

inline void read_job_line(Job& job, const std::string& key, std::istringstream& rest) {
  const auto text = [&rest](std::string& field) { std::getline(rest >> std::ws, field); };
  if (key == "images") text(job.images_file);
  else if (key == "result") text(job.result_file);
  else if (key == "log") text(job.log_file);
  else if (key == "trace") text(job.trace_file);
  else if (key == "trace-from") rest >> job.trace_from;
  else if (key == "trace-to") rest >> job.trace_to;
  else if (key == "frames") rest >> job.frames;
  else if (key == "input-elements") rest >> job.input_elements;
  else if (key == "input-width") rest >> job.input_width;
  else if (key == "input-bytes") rest >> job.input_bytes;
  else if (key == "output-count") rest >> job.output_count;
  else if (key == "output-width") rest >> job.output_width;
  else if (key == "logit-bytes") rest >> job.logit_bytes;
  else if (key == "class-bytes") rest >> job.class_bytes;
  else if (key == "stalls") rest >> job.stalls;
  else if (key == "longest-pause") rest >> job.longest_pause;
  else if (key == "seed") rest >> job.seed;
  else if (key == "watchdog") rest >> job.watchdog;
  else if (key == "max-cycles") rest >> job.max_cycles;
  else if (key == "settle") rest >> job.settle;
  else if (key == "lead") rest >> job.lead;
  else if (key == "reads") rest >> job.reads;
  else if (key == "stream") {
    int64_t elements = 0;
    int width = 0;
    rest >> elements >> width;
    job.stream_elements.push_back(elements);
    job.stream_widths.push_back(width);
  } else if (key == "event") {
    FrameEvent event;
    std::string kind;
    rest >> event.frame >> kind >> event.beat;
    event.kind = broken_input_named(kind);
    job.events.push_back(event);
  } else if (key == "packet") {
    LoadPacket packet;
    rest >> packet.after_beats;
    text(packet.file);
    job.packets.push_back(packet);
  } else {
    throw std::runtime_error("unknown key " + key);
  }
  if (rest.fail()) throw std::runtime_error("bad value of " + key);
}

// Little-endian 32-bit words.
inline std::vector<uint32_t> read_words(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  const std::streamoff bytes = file ? static_cast<std::streamoff>(file.tellg()) : 0;
  std::vector<uint32_t> words(static_cast<size_t>(bytes) / sizeof(uint32_t));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(words.data()), static_cast<std::streamsize>(words.size() * sizeof(uint32_t)));
  if (!file || words.empty()) throw std::runtime_error("cannot read packet " + path);
  return words;
}

inline Job read_job(const char* path) {
  Job job;
  std::ifstream file(path);
  if (!file) throw std::runtime_error(std::string("cannot read job ") + path);
  std::string line;
  while (std::getline(file, line)) {
    std::istringstream rest(line);
    std::string key;
    if (rest >> key) read_job_line(job, key, rest);
  }
  for (LoadPacket& packet : job.packets) packet.beats = read_words(packet.file);
  job.images.resize(static_cast<size_t>(job.frames) * static_cast<size_t>(job.input_elements));
  std::ifstream images(job.images_file, std::ios::binary);
  const auto bytes = static_cast<std::streamsize>(job.images.size() * sizeof(int32_t));
  images.read(reinterpret_cast<char*>(job.images.data()), bytes);
  if (!images || images.gcount() != bytes) throw std::runtime_error("cannot read images " + job.images_file);
  return job;
}

#endif
