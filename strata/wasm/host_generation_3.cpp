#include <strata/wasm/host_generation_3.hpp>

#include <strata/crypto/hash.hpp>

namespace strata::wasm {
namespace {

using std::uint32_t;
using std::uint64_t;
using vm::ErrorNumber;
using vm::Syscall;

const vm::PriceList& prices_of(Invocation& host) {
    return vm::price_list(host.kernel().network().network_version);
}

// In generations 2 and 3 the VM mixes the randomness, not the actor.
Syscall<Hash256> draw(Invocation& host, std::int64_t tag, std::int64_t epoch, uint32_t at, uint32_t length,
                      Syscall<Hash256> (vm::Kernel::*digest_of)(ChainEpoch)) {
    STRATA_TRY(const auto entropy, host.memory().range(at, length));
    if (const auto& prices = prices_of(host); prices.mixing_per_byte > 0)
        STRATA_OK(host.kernel().gas_tracker().charge(prices.on_mix_randomness(entropy.size())));
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

Syscall<uint32_t> tipset_cid(Invocation& host, std::int64_t epoch, uint32_t at, uint32_t length) {
    STRATA_OK(host.memory().range(at, length));
    STRATA_TRY(const Cid cid, host.kernel().tipset_cid(epoch));
    return host.memory().write_cid(cid, at, length);
}

// The limits of an event (kernel/default.rs, validate_actor_event). A larger encoding is not decoded at all.
constexpr std::size_t kMaxEncodedEvent = 1 << 20;
constexpr std::size_t kMaxEntries = 256;
constexpr std::size_t kMaxKey = 32;
constexpr std::size_t kMaxValues = 8192;

Syscall<void> check_event(std::span<const vm::EventEntry> entries) {
    const auto illegal = [](std::string_view what, std::size_t found, std::size_t most) {
        return vm::syscall_error(ErrorNumber::illegal_argument, std::string(what) + " " + std::to_string(found) +
                                                                    ", expected at most " + std::to_string(most));
    };
    if (entries.size() > kMaxEntries) return illegal("the entries of the event are", entries.size(), kMaxEntries);
    std::size_t values = 0;
    for (const auto& [flags, key, codec, value] : entries) {
        if (key.size() > kMaxKey) return illegal("the bytes of an event key are", key.size(), kMaxKey);
        if (codec != Codec::raw)
            return vm::syscall_error(ErrorNumber::illegal_codec, "the codec of an event value is " +
                                                                     std::to_string(static_cast<uint64_t>(codec)) +
                                                                     ", expected raw (85)");
        values += value.size();
    }
    if (values > kMaxValues) return illegal("the bytes of the event values are", values, kMaxValues);
    return {};
}

// The event is a CBOR list of entries. Unknown flags stay in it.
Syscall<void> emit_event(Invocation& host, uint32_t at, uint32_t length) {
    STRATA_TRY(const auto encoded, host.memory().range(at, length));
    if (host.kernel().message().read_only)
        return vm::syscall_error(ErrorNumber::read_only, "a read-only call cannot emit events");
    auto& gas = host.kernel().gas_tracker();
    STRATA_OK(gas.charge(prices_of(host).on_event_check(encoded.size())));
    if (encoded.size() > kMaxEncodedEvent)
        return vm::syscall_error(
            ErrorNumber::illegal_argument,
            "the encoded event has " + std::to_string(encoded.size()) + " bytes, expected at most 1 MiB");
    STRATA_TRY(auto entries, host.memory().cbor<std::vector<vm::EventEntry>>(at, length));
    STRATA_OK(check_event(entries));
    STRATA_OK(gas.charge(prices_of(host).on_event_keep(encoded.size())));
    host.kernel().emit_checked_event(std::move(entries));
    return {};
}

constexpr HostFunction kFunctions[] = {
    host_function<&tipset_cid>("network", "tipset_cid"),
    host_function<&self_destruct_for>("self", "self_destruct"),
    host_function<&get_chain_randomness_mixed>("rand", "get_chain_randomness"),
    host_function<&get_beacon_randomness_mixed>("rand", "get_beacon_randomness"),
    host_function<&emit_event>("event", "emit_event"),
};

}  // namespace

Syscall<void> self_destruct_for(Invocation& host, uint32_t heir_at, uint32_t heir_length) {
    STRATA_TRY(const Address heir, host.memory().address(heir_at, heir_length));
    return host.kernel().self_destruct_for(heir);
}

Syscall<Hash256> get_chain_randomness_mixed(Invocation& host, std::int64_t tag, std::int64_t epoch, uint32_t at,
                                            uint32_t length) {
    return draw(host, tag, epoch, at, length, &vm::Kernel::get_chain_randomness);
}
Syscall<Hash256> get_beacon_randomness_mixed(Invocation& host, std::int64_t tag, std::int64_t epoch, uint32_t at,
                                             uint32_t length) {
    return draw(host, tag, epoch, at, length, &vm::Kernel::get_beacon_randomness);
}

std::span<const HostFunction> functions_of_generation_3() {
    return kFunctions;
}

}  // namespace strata::wasm
