#pragma once
#include <strata/wasm/host_binding.hpp>

namespace strata::wasm {

/// Returns the host functions about signatures, hashes and proofs.
std::span<const HostFunction> crypto_functions();

}  // namespace strata::wasm
