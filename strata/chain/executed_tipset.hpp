#pragma once
// A tipset with what its execution gave, read through the door of the chain: executed messages in their order,
// receipts, and the events that the messages emitted. Source: lotus node/impl/eth/utils.go (executeTipset),
// chain/index/events.go.
#include <strata/chain/api.hpp>
#include <strata/vm/kernel.hpp>

namespace strata::chain {

struct ExecutedTipset {
    TipsetPtr tipset;
    Cid state_root;  // after the tipset
    /// Each executed message once. A BLS message has a signature of this type without data.
    std::vector<SignedMessage> messages;
    std::vector<Receipt> receipts;  // as many
};

/// Returns the executed messages of a tipset, each once, in the order of their receipts.
Result<std::vector<SignedMessage>> messages_in_order(Chain& chain, const Tipset& tipset);

/// Returns the messages and receipts of a tipset, which is executed first if that was not done yet. Errors: those of
/// Chain::state_after and of reading the store; internal if the numbers of messages and receipts differ.
Result<ExecutedTipset> executed_tipset(Chain& chain, const TipsetPtr& tipset);
/// Does the same for a tipset whose child is known: its headers name the results, so that nothing is executed.
Result<ExecutedTipset> executed_tipset(Chain& chain, const TipsetPtr& tipset, const Tipset& child);

/// An event of a tipset.
struct TipsetEvent {
    std::size_t message = 0;   // its index in ExecutedTipset::messages
    std::uint64_t number = 0;  // among the events of the tipset, from 0
    ActorId emitter = 0;
    Address address;  // the emitter's delegated address, or otherwise its ID
    std::vector<vm::EventEntry> entries;
};

/// Says what to do if events are not in the store, as after the import of a snapshot: execute the tipset again, or end
/// with the error missing_block.
enum class LostEvents { execute, fail };
/// Returns all events of a tipset in their order. After an error there is never a part of the events.
Result<std::vector<TipsetEvent>> events_of(Chain& chain, const ExecutedTipset& executed,
                                           LostEvents lost = LostEvents::execute);

}  // namespace strata::chain
