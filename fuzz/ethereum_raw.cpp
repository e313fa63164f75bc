#include <strata/chain/ethereum_raw.hpp>
#include <strata/chain/ethereum_transaction.hpp>

#include "target.hpp"

// A raw transaction is its canonical encoding: the message translates back to one with the same hash.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace strata;
    constexpr std::uint64_t kChainId = 314;
    const auto raw = chain::read_ethereum_raw({data, size}, kChainId);
    if (!raw) return 0;
    STRATA_CHECK(raw->message.message.from.delegated_space() == kEamId);
    const auto hash = chain::ethereum_hash(raw->message, kChainId);
    STRATA_CHECK(hash && *hash == raw->hash);
    return 0;
}
