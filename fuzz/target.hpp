#pragma once
// What every fuzz target defines, as libFuzzer calls it: one input, never a crash; a broken promise is a failed check.
#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>

/// True if reading succeeded and gave `wanted`.
template <class T>
bool gives(const strata::Result<T>& got, const T& wanted) {
    return got.has_value() && *got == wanted;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
