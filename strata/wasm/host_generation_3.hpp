#pragma once
// The host functions of network versions 18 to 20.
#include <strata/wasm/host_binding.hpp>

namespace strata::wasm {

/// Returns the host functions that generation 3 has in a form of its own. Source: fvm@v3.14.2 fvm/src/syscalls.
std::span<const HostFunction> functions_of_generation_3();

// Generation 2 has these too.
vm::Syscall<void> self_destruct_for(Invocation& host, std::uint32_t heir_at, std::uint32_t heir_length);
vm::Syscall<Hash256> get_chain_randomness_mixed(Invocation& host, std::int64_t tag, std::int64_t epoch,
                                                std::uint32_t at, std::uint32_t length);
vm::Syscall<Hash256> get_beacon_randomness_mixed(Invocation& host, std::int64_t tag, std::int64_t epoch,
                                                 std::uint32_t at, std::uint32_t length);

}  // namespace strata::wasm
