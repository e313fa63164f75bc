#pragma once
// Finds messages by the hashes under which Ethereum clients know them, and events: with the index, and what the index
// does not have yet from the chain itself. A "no" is certain: where it would not be, there is an error that says what
// is missing. Source: lotus node/impl/eth/{transaction,events}.go, chain/index.
#include <strata/api/ethereum_block.hpp>
#include <strata/api/ethereum_transaction.hpp>
#include <strata/index/chain_index.hpp>

namespace strata::api {

/// The most tipsets that one call reads from the chain because they are not in the index.
inline constexpr std::size_t kMostUnindexed = 64;

/// Returns a message of the pool by its CID in blocks.
Result<std::optional<SignedMessage>> waiting_message(Context& context, const Cid& cid);

/// The message that a hash stands for.
struct MessageName {
    Cid cid;  // in blocks
    /// The message, if it waits in the pool or is in the head, whose messages have no results yet.
    std::optional<SignedMessage> waiting;
};
/// Returns the message whose transaction has this hash. A hash that no transaction has is the digest of the CID of a
/// native message, which need not exist.
Result<MessageName> message_named(Context& context, const Hash256& hash);

/// A message that was executed.
struct PlacedMessage {
    SignedMessage message;
    chain::TipsetPtr tipset;
    chain::TipsetPtr child;  // its headers name the results
    std::uint64_t position = 0;

    TransactionPlace place() const { return {block_hash(tipset->key()), tipset->height(), position}; }
};
/// Finds a message on the chain of the head, at most `lookback` epochs below it (chain::Chain::kNoLimit: any number).
/// Empty if it was not executed there.
Result<std::optional<PlacedMessage>> find_executed(Context& context, const Cid& cid, ChainEpoch lookback);

/// Returns an error if a message that is neither on the chain nor in the pool may still be one that the index does not
/// have: then "there is none" would be a guess.
Status check_absence(Context& context, const Hash256& hash);

/// Returns the events that match, in their order. The range ends at the newest tipset whose results are known. Errors:
/// out_of_range if a part of the range is not in the index, with the range that is; too_large as ChainIndex::events.
Result<std::vector<index::IndexedEvent>> find_events(Context& context, index::EventQuery query);

/// Returns an event of an executed tipset in the form in which the index has it.
index::IndexedEvent indexed_event(const chain::ExecutedTipset& executed, const chain::TipsetEvent& event);

/// Returns true if an event of a tipset matches the query's conditions on emitter and topics.
bool matches(const index::EventQuery& query, const chain::TipsetEvent& event);

}  // namespace strata::api
