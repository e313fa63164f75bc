#include <strata/p2p/bitswap_messages.hpp>

#include "target.hpp"

using namespace strata;
using namespace strata::p2p;

// A request of bitswap that is read keeps the limit, and is written to bytes that are read as the same.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto request = decode_bitswap(BytesView(data, size));
    if (!request) return 0;
    STRATA_CHECK(request->wants.size() <= BitswapRequest::kMaxWants);
    STRATA_CHECK(gives(decode_bitswap(encode_bitswap(*request)), *request));
    BitswapAnswer answer;
    for (const auto& want : request->wants) {
        answer.presences.push_back({want.cid, want.asks_whether});
        answer.blocks.push_back({want.cid, {}});
    }
    STRATA_CHECK(decode_bitswap(encode_bitswap(answer, BitswapForm::prefixed)).has_value());
    return 0;
}
