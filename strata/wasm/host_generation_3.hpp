#pragma once
#include <strata/wasm/host_binding.hpp>

namespace strata::wasm {

/// Returns the host functions that generation 3 has in a form of its own. Source: fvm@v3.14.1 fvm/src/syscalls.
std::span<const HostFunction> functions_of_generation_3();

}  // namespace strata::wasm
