#pragma once
// Gives tests what a running Lotus 1.36.2 sent (vectors/lotus-devnet/long/wire.jsonl).
#include <strata/p2p/exchange_messages.hpp>

namespace strata::p2p::testing {

struct RecordedResponse {
    ExchangeRequest request;
    Bytes raw;
};
std::vector<RecordedResponse> recorded_responses();
/// Returns the texts of the refusals, in the order of the file.
std::vector<std::string> recorded_refusals();

}  // namespace strata::p2p::testing
