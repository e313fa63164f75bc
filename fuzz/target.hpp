#pragma once
// What every fuzz target defines, as libFuzzer calls it: one input, never a crash; a broken promise is a failed check.
#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
