#include <strata/net/gossip_messages.hpp>

#include "target.hpp"

using namespace strata;
using namespace strata::net;

// A gossip message that is read keeps the limits, and is written to bytes that are read as the same.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const BytesView input(data, size);
    if (const auto rpc = decode_gossip(input)) {
        STRATA_CHECK(gives(decode_gossip(encode_gossip(*rpc)), *rpc));
        STRATA_CHECK(rpc->subscriptions.size() <= GossipRpc::kMaxSubscriptions);
        STRATA_CHECK(rpc->messages.size() <= GossipRpc::kMaxMessages);
        STRATA_CHECK(rpc->requests.size() <= GossipRpc::kMaxNames);
        std::size_t names = 0;
        for (const auto& offer : rpc->offers) names += offer.names.size();
        STRATA_CHECK(names <= GossipRpc::kMaxNames);
        for (const auto& prune : rpc->prunes) {
            STRATA_CHECK(prune.backoff <= GossipRpc::kMaxBackoff);
            STRATA_CHECK(prune.peers.size() <= GossipRpc::kMaxHints);
        }
        for (const auto& message : rpc->messages) (void)verify_gossip(message);
    }
    GossipReader reader;
    reader.on_bytes(input);
    std::size_t taken = 0;
    for (auto next = reader.next(); next && *next; next = reader.next()) taken += (*next)->size() + 1;
    STRATA_CHECK(taken <= size);
    return 0;
}
