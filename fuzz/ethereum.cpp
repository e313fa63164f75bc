#include <strata/chain/ethereum_transaction.hpp>
#include <strata/types/message.hpp>

#include "target.hpp"

// A delegated message has one transaction: what was signed is the same each time, and its signature has 65 bytes.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace strata;
    constexpr std::uint64_t kChainId = 314;
    const auto message = from_cbor<SignedMessage>({data, size});
    if (!message) return 0;
    static_cast<void>(message->cid());
    STRATA_CHECK(message->chain_length() <= size);
    const auto signing = chain::ethereum_signing(*message, kChainId);
    if (!signing) return 0;
    STRATA_CHECK(signing->signature.data.size() == 65);
    STRATA_CHECK(!signing->preimage.empty());
    STRATA_CHECK(chain::ethereum_signing(*message, kChainId)->preimage == signing->preimage);
    return 0;
}
