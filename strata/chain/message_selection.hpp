#pragma once
// Selects the pending messages for a block, given how good its ticket is: a block that comes late in its tipset is paid
// only for messages that the earlier ones left out. Source: docs/protocol/node.md §14.5 (lotus
// chain/messagepool/{selection,block_proba}.go).
#include <array>

#include <strata/chain/message_chains.hpp>
#include <strata/types/block_header.hpp>

namespace strata::chain {

TicketQuality quality_of(const Ticket& ticket);

inline constexpr std::size_t kMaxBlocks = 15;  // the most blocks of a tipset that selection takes into account
/// Returns the probability of each place in the tipset for a block with such a ticket, scaled by a common factor that
/// has no meaning.
std::array<BigInt, kMaxBlocks> place_weights(TicketQuality quality);

/// Chooses from the chains of all senders. The result has each sender's nonces in order and respects every limit of a
/// block.
std::vector<SignedMessage> select_messages(std::vector<MessageChain> chains, TicketQuality quality);

}  // namespace strata::chain
