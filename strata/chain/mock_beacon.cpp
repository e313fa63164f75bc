#include <strata/chain/mock_beacon.hpp>

#include <strata/crypto/hash.hpp>

namespace strata::chain {
namespace {

constexpr std::string_view kMockKey = "mock";  // a key of drand has 96 bytes

}  // namespace

BeaconChain mock_chain() {
    return {to_bytes(as_bytes(kMockKey)), 0, 1};
}

bool is_mock(const BeaconChain& chain) {
    return as_text(chain.public_key) == kMockKey;
}

BeaconEntry mock_entry(std::uint64_t round) {
    ByteArray<8> bytes;
    store_be(bytes.data(), round);
    return {round, to_bytes(crypto::blake2b_256(bytes))};
}

}  // namespace strata::chain
