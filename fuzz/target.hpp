#pragma once
// The two things that fuzz targets share. A target never crashes; a broken invariant is a failed check.
#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>

/// Returns true if `got` has a value and it equals `wanted`.
template <class T>
bool gives(const strata::Result<T>& got, const T& wanted) {
    return got.has_value() && *got == wanted;
}

/// Every target defines this function, which libFuzzer calls with one input after the other.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
