#pragma once
// The messages of bitswap, as a server needs them: it reads what a peer wants and writes blocks. Source: boxo
// bitswap/message/pb/message.proto, bitswap/message/message.go; docs/protocol/node.md §19.
#include <vector>

#include <strata/ipld/cid.hpp>

namespace strata::p2p {

struct BitswapWant {
    Cid cid{};
    std::int32_t priority = 1;   // the higher ones first
    bool cancels = false;        // an earlier want
    bool asks_whether = false;   // HAVE or DONT_HAVE is the answer, not the block
    bool wants_refusal = false;  // DONT_HAVE, if the block is not here

    friend bool operator==(const BitswapWant&, const BitswapWant&) = default;
};

/// The wants of a peer. Its blocks and its answers are not read: this node asks nobody.
struct BitswapRequest {
    /// The most bytes of a message; ours. Boxo has 4 MiB, for blocks.
    static constexpr std::size_t kMaxFrame = 1 << 20;
    /// Wants above this number are dropped (boxo bitswap/internal/defaults: MaxQueuedWantlistEntiresPerPeer).
    static constexpr std::size_t kMaxWants = 1'024;

    bool replaces = false;  // all earlier wants
    std::vector<BitswapWant> wants{};

    friend bool operator==(const BitswapRequest&, const BitswapRequest&) = default;
};

/// Errors: malformed, truncated; those of Cid::from_bytes.
Result<BitswapRequest> decode_bitswap(BytesView message);
Bytes encode_bitswap(const BitswapRequest& request);

struct BitswapBlock {
    Cid cid{};
    Bytes data;
};
struct BitswapPresence {
    Cid cid{};
    bool is_here = false;
};
struct BitswapAnswer {
    std::vector<BitswapBlock> blocks{};
    std::vector<BitswapPresence> presences{};
    std::int32_t pending_bytes = 0;  // that did not fit
};
enum class BitswapForm : std::uint8_t {
    bare,      // versions before 1.1.0: blocks alone, of which the peer guesses the CID
    prefixed,  // 1.1.0 and 1.2.0
};
Bytes encode_bitswap(const BitswapAnswer& answer, BitswapForm form);

}  // namespace strata::p2p
