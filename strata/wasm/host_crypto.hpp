#pragma once
#include <strata/wasm/host_binding.hpp>

namespace strata::wasm {

/// Return the host functions about signatures, hashes and proofs: those that all generations share, and the rest.
std::span<const HostFunction> crypto_functions();
std::span<const HostFunction> crypto_functions_of_generation_4();

}  // namespace strata::wasm
