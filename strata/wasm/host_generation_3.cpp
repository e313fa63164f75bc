#include <strata/wasm/host_generation_3.hpp>

#include <strata/crypto/hash.hpp>

namespace strata::wasm {
namespace {

using std::uint32_t;
using std::uint64_t;
using vm::Syscall;

// The tag, the digest and the epoch, which are hashed together with the entropy (price_list.rs on_get_randomness).
constexpr std::size_t kMixedSize = 8 + 32 + 8;

// In generation 3 the VM mixes the randomness, not the actor.
Syscall<Hash256> draw(Invocation& host, std::int64_t tag, std::int64_t epoch, uint32_t at, uint32_t length,
                      Syscall<Hash256> (vm::Kernel::*digest_of)(ChainEpoch)) {
    STRATA_TRY(const auto entropy, host.memory().range(at, length));
    const auto& prices = vm::price_list(host.kernel().network().network_version);
    STRATA_OK(host.kernel().gas_tracker().charge(
        {"OnGetRandomness", 0, prices.blake2b_per_byte * (kMixedSize + entropy.size())}));
    STRATA_TRY(const Hash256 digest, (host.kernel().*digest_of)(epoch));
    Bytes mixed(8);
    store_be(mixed.data(), static_cast<uint64_t>(tag));
    append(mixed, digest);
    ByteArray<8> round;
    store_be(round.data(), static_cast<uint64_t>(epoch));
    append(mixed, round);
    append(mixed, entropy);
    return crypto::blake2b_256(mixed);
}

Syscall<Hash256> get_chain_randomness(Invocation& host, std::int64_t tag, std::int64_t epoch, uint32_t at,
                                      uint32_t length) {
    return draw(host, tag, epoch, at, length, &vm::Kernel::get_chain_randomness);
}
Syscall<Hash256> get_beacon_randomness(Invocation& host, std::int64_t tag, std::int64_t epoch, uint32_t at,
                                       uint32_t length) {
    return draw(host, tag, epoch, at, length, &vm::Kernel::get_beacon_randomness);
}

// The functions below are not written yet (docs/known_gaps.md). This node cannot continue where one is called: an
// answer of its own would be a state that no other node has.
vm::SyscallFailure missing(std::string_view name) {
    return vm::broken(fail(Errc::unsupported, std::string(name) + " of network versions 18 to 20 is not written yet"));
}

Syscall<uint32_t> tipset_cid(Invocation& /*host*/, std::int64_t, uint32_t, uint32_t) {
    return missing("network.tipset_cid");
}
Syscall<void> self_destruct(Invocation& /*host*/, uint32_t, uint32_t) {
    return missing("self.self_destruct");
}
Syscall<void> emit_event(Invocation& /*host*/, uint32_t, uint32_t) {
    return missing("event.emit_event");
}

constexpr HostFunction kFunctions[] = {
    host_function<&tipset_cid>("network", "tipset_cid"),
    host_function<&self_destruct>("self", "self_destruct"),
    host_function<&get_chain_randomness>("rand", "get_chain_randomness"),
    host_function<&get_beacon_randomness>("rand", "get_beacon_randomness"),
    host_function<&emit_event>("event", "emit_event"),
};

}  // namespace

std::span<const HostFunction> functions_of_generation_3() {
    return kFunctions;
}

}  // namespace strata::wasm
