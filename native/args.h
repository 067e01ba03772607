// The arguments of a call from JavaScript: typed arrays without a copy, and numbers. A wrong argument is a mistake of
// ours, never of the user: it is thrown as an exception, which `expose` turns into a JavaScript error.
#pragma once

#include <node_api.h>

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>

namespace flexor {

class Args {
 public:
  Args(napi_env env, napi_callback_info info) : env_(env), count_(kMost) {
    check(napi_get_cb_info(env, info, &count_, values_, nullptr, nullptr), "arguments");
  }

  // A Float32Array of exactly `size` elements.
  float* floats(size_t index, int64_t size) const {
    return static_cast<float*>(array(index, napi_float32_array, size));
  }

  // A Float32Array, or null where JavaScript gives null.
  float* optionalFloats(size_t index, int64_t size) const {
    return isNull(index) ? nullptr : floats(index, size);
  }

  const int32_t* ints(size_t index, int64_t size) const {
    return static_cast<const int32_t*>(array(index, napi_int32_array, size));
  }

  // A Uint8Array of at least `size` elements.
  uint8_t* bytes(size_t index, int64_t size) const {
    if (length(index) < size) throw tooShort(index, size);
    return static_cast<uint8_t*>(array(index, napi_uint8_array, length(index)));
  }

  const int8_t* signedBytes(size_t index, int64_t size) const {
    return static_cast<const int8_t*>(array(index, napi_int8_array, size));
  }

  double* doubles(size_t index, int64_t size) const {
    return static_cast<double*>(array(index, napi_float64_array, size));
  }

  bool isNull(size_t index) const {
    napi_valuetype type;
    check(napi_typeof(env_, at(index), &type), "type");
    return type == napi_null;
  }

  // An Int32Array as a structure of int32_t, a field for each number.
  template <typename Fields>
  Fields fields(size_t index) const {
    static_assert(sizeof(Fields) % sizeof(int32_t) == 0, "fields of int32_t only");
    Fields fields;
    std::memcpy(&fields, ints(index, sizeof fields / sizeof(int32_t)), sizeof fields);
    return fields;
  }

  // Elements of a typed array.
  int64_t length(size_t index) const {
    size_t length;
    check(napi_get_typedarray_info(env_, at(index), nullptr, &length, nullptr, nullptr, nullptr), "typed array");
    return static_cast<int64_t>(length);
  }

  double number(size_t index) const {
    double value;
    check(napi_get_value_double(env_, at(index), &value), "number");
    return value;
  }

  int64_t integer(size_t index) const { return static_cast<int64_t>(number(index)); }

 private:
  static constexpr size_t kMost = 16;

  napi_value at(size_t index) const {
    if (index >= count_) throw std::invalid_argument("argument " + std::to_string(index) + " is missing");
    return values_[index];
  }

  void* array(size_t index, napi_typedarray_type wanted, int64_t size) const {
    napi_typedarray_type type;
    size_t length;
    void* data;
    check(napi_get_typedarray_info(env_, at(index), &type, &length, &data, nullptr, nullptr), "typed array");
    if (type != wanted || static_cast<int64_t>(length) != size) {
      throw std::invalid_argument("argument " + std::to_string(index) + ": " + std::to_string(length) +
                                  " elements of type " + std::to_string(type) + ", expected " + std::to_string(size) +
                                  " of type " + std::to_string(wanted));
    }
    return data;
  }

  std::invalid_argument tooShort(size_t index, int64_t size) const {
    return std::invalid_argument("argument " + std::to_string(index) + ": " + std::to_string(length(index)) +
                                 " elements, needs " + std::to_string(size));
  }

  static void check(napi_status status, const char* what) {
    if (status != napi_ok) throw std::invalid_argument(std::string("a call's ") + what + " cannot be read");
  }

  napi_env env_;
  size_t count_;
  napi_value values_[kMost];
};

// A kernel: writes into arrays that it is given, returns nothing.
using Procedure = void (*)(const Args&);

}  // namespace flexor
