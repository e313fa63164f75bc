#include <strata/wasm/host_values.hpp>

namespace strata::wasm {

using std::uint32_t;
using std::uint64_t;
using vm::Syscall;

Syscall<std::array<uint64_t, 2>> halves(const TokenAmount& amount) {
    if (amount.is_negative() || amount.bit_length() > 128)
        return vm::fatal("the amount " + amount.to_string() + " does not fit into 128 bits");
    const BigInt high = amount >> 64;
    const BigInt low = amount - (high << 64);
    return std::array<uint64_t, 2>{low.to_u64().value(), high.to_u64().value()};
}

Syscall<ByteArray<16>> packed_amount(const TokenAmount& amount) {
    STRATA_TRY(const auto parts, halves(amount));
    return Packed<16>().put(parts[0]).put(parts[1]).bytes();
}

TokenAmount amount_of(uint64_t high, uint64_t low) {
    return (BigInt(high) << 64) + BigInt(low);
}

namespace {

constexpr std::size_t kMaxMessage = 1024;

}  // namespace

std::string exit_message(const GuestMemory& memory, uint32_t at, uint32_t length) {
    const auto bytes = memory.range(at, length);
    if (!bytes) return bytes.error().message;
    const auto text = as_text(*bytes);
    if (text.size() <= kMaxMessage) return std::string(text);
    return std::string(text.substr(0, kMaxMessage / 2)) + " ... " +
           std::string(text.substr(text.size() - kMaxMessage / 2));
}

Syscall<ByteArray<20>> packed_send(Invocation& host, const vm::SendParams& request) {
    STRATA_TRY(const auto reply, host.kernel().send(request));
    Packed<20> out;
    out.put(static_cast<uint32_t>(reply.exit_code)).put(reply.return_id);
    return out.put(static_cast<uint64_t>(reply.stat.codec)).put(reply.stat.size).bytes();
}

}  // namespace strata::wasm
