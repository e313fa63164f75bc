#pragma once
// Values that host functions of several generations read and write.
#include <strata/wasm/host_binding.hpp>

namespace strata::wasm {

/// Returns an amount as the low and the high half of 128 bits. Larger amounts are fatal, as no state has them.
vm::Syscall<std::array<std::uint64_t, 2>> halves(const TokenAmount& amount);
vm::Syscall<ByteArray<16>> packed_amount(const TokenAmount& amount);
TokenAmount amount_of(std::uint64_t high, std::uint64_t low);

/// Returns the actor's message for people, cut in the middle if it is long.
std::string exit_message(const GuestMemory& memory, std::uint32_t at, std::uint32_t length);

/// Sends and packs the answer.
vm::Syscall<ByteArray<20>> packed_send(Invocation& host, const vm::SendParams& request);

}  // namespace strata::wasm
