#include <strata/net/frame_reader.hpp>
#include <strata/net/kad_messages.hpp>

#include "target.hpp"

using namespace strata;
using namespace strata::net;

// A message of the DHT that is read keeps the limits, and is written to bytes that are read as the same.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const BytesView input(data, size);
    if (const auto message = decode_kad(input)) {
        STRATA_CHECK(gives(decode_kad(encode_kad(*message)), *message));
        STRATA_CHECK(message->key.size() <= KadMessage::kMaxKey);
        STRATA_CHECK(message->closer.size() <= KadMessage::kMaxPeers);
        for (const auto& peer : message->closer) {
            STRATA_CHECK(peer.addresses.size() <= KadMessage::kMaxAddresses);
            std::size_t bytes = 0;
            for (const auto& address : peer.addresses) bytes += address.bytes().size();
            STRATA_CHECK(bytes <= KadMessage::kMaxPeer);
        }
    }
    FrameReader reader(KadMessage::kMaxRequest, "a frame");
    reader.on_bytes(input);
    std::size_t taken = 0;
    for (auto next = reader.next(); next && *next; next = reader.next()) {
        STRATA_CHECK((*next)->size() <= KadMessage::kMaxRequest);
        taken += (*next)->size() + 1;
    }
    STRATA_CHECK(taken <= size);
    return 0;
}
