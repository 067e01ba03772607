// What a module for Node.js is made of: functions that JavaScript calls by name.
#pragma once

#include <exception>

#include "args.h"

namespace flexor {

// A kernel as JavaScript calls it: an exception becomes a JavaScript error.
template <Procedure kernel>
napi_value call(napi_env env, napi_callback_info info) {
  try {
    kernel(Args(env, info));
  } catch (const std::exception& error) {
    napi_throw_error(env, nullptr, error.what());
  }
  return nullptr;
}

template <Procedure kernel>
void expose(napi_env env, napi_value exports, const char* name) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, call<kernel>, nullptr, &function);
  napi_set_named_property(env, exports, name, function);
}

inline void exposeNumber(napi_env env, napi_value exports, const char* name, int value) {
  napi_value number;
  napi_create_int32(env, value, &number);
  napi_set_named_property(env, exports, name, number);
}

}  // namespace flexor
