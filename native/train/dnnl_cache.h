// oneDNN's engine and stream, and a cache of primitives: making one generates machine code and takes milliseconds.
#pragma once

#include <dnnl.hpp>

#include <map>
#include <utility>

namespace flexor {

// Engine, stream and caches are never destroyed: at exit oneDNN's own statics may be gone before ours.
inline const dnnl::engine& dnnlEngine() {
  static const dnnl::engine& engine = *new dnnl::engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

inline dnnl::stream& dnnlStream() {
  static dnnl::stream& stream = *new dnnl::stream(dnnlEngine());
  return stream;
}

// Memory of a tensor that JavaScript owns.
inline dnnl::memory view(const dnnl::memory::desc& desc, float* data) { return {desc, dnnlEngine(), data}; }

// Drops everything that was made for another number of threads.
template <typename Key, typename Value>
class ThreadwiseCache {
 public:
  template <typename Make>
  Value& get(const Key& key, int threads, Make make) {
    if (threads != threads_) values_.clear();
    threads_ = threads;
    const auto known = values_.find(key);
    if (known != values_.end()) return known->second;
    return values_.emplace(key, make()).first->second;
  }

 private:
  int threads_ = 0;
  std::map<Key, Value> values_;
};

}  // namespace flexor
