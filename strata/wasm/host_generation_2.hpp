#pragma once
// The host functions of network versions 16 and 17.
#include <strata/wasm/host_binding.hpp>

namespace strata::wasm {

/// Returns the host functions that generation 2 has in a form of its own. Source: fvm@v2.12.2 fvm/src/syscalls.
std::span<const HostFunction> functions_of_generation_2();

}  // namespace strata::wasm
