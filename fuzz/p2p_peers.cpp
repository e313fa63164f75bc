#include <strata/p2p/peer_manager.hpp>

#include "target.hpp"

// The record of remembered peers, as it lies on disk: a record that was read is written so that it is read as the same.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace strata;
    crypto::SeededRandom random(as_bytes("peers"));
    const p2p::PeerManagerConfig config{
        .dial = [](const auto&, const auto&) {}, .disconnect = [](const auto&) {}, .discover = [] {}};
    p2p::PeerManager read(config, random, {});
    if (!read.decode({data, size})) {
        STRATA_CHECK(read.stats().remembered == 0);
        return 0;
    }
    const Bytes once = read.encode();
    p2p::PeerManager again(config, random, {});
    STRATA_CHECK(again.decode(once).has_value());
    STRATA_CHECK(again.encode() == once);
    return 0;
}
