#pragma once
// Values that go into and out of the message pool. Source: docs/protocol/node.md §14 (lotus chain/messagepool).
#include <memory>

#include <strata/types/message.hpp>

namespace strata::chain {

/// The one who hands a message in: the owner of this node (no gap limits, kept across restarts), a peer, or a guest of
/// the API.
enum class AddKind { local, remote, untrusted };

/// Source: docs/protocol/node.md §14.1 (lotus chain/messagepool/config.go, messagepool.go).
struct PoolLimits {
    std::size_t high = 30'000;  // pruned when reached
    std::size_t low = 20'000;   // down to this
    std::size_t pending_per_sender = 1'000;
    std::size_t pending_per_guest = 100;
    Nonce nonce_gap = 4;
};

/// A message of the pool with values that are needed again and again. Immutable, so that copies of the pool share it.
struct PoolEntry {
    SignedMessage message;
    Cid cid;                       // as blocks and the pool name it
    std::size_t chain_length = 0;  // the bytes that inclusion is billed for
};
using PoolEntryPtr = std::shared_ptr<const PoolEntry>;
PoolEntryPtr make_entry(SignedMessage message);

/// The quality of a ticket: 1 - hash/2^256, in units of 2^-32.
struct TicketQuality {
    std::uint32_t value = UINT32_MAX;
};

}  // namespace strata::chain
