// Finds out where a message was executed. Source: lotus chain/stmgr/searchwait.go; docs/protocol/node.md §28.
#include <set>

#include <strata/chain/execution.hpp>
#include <strata/chain/kept_state.hpp>
#include <strata/chain/local_chain.hpp>
#include <strata/ipld/collected_blockstore.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::chain {
namespace {

// Returns the sender's nonce in a state. Empty if the sender is not in it.
Result<std::optional<Nonce>> nonce_in(Blockstore& blocks, const Cid& root, const Address& from) {
    STRATA_TRY(auto state, vm::StateTree::load(blocks, root));
    STRATA_TRY(const auto id, state.resolve(from));
    if (!id) return std::optional<Nonce>{};
    STRATA_TRY(const auto actor, state.get(*id));
    return actor ? std::optional<Nonce>(actor->sequence) : std::nullopt;
}

// Returns true if the messages differ at most in their gas fields, as a replacement does.
bool is_same_call(const Message& a, const Message& b) {
    return a.version == b.version && a.to == b.to && a.from == b.from && a.nonce == b.nonce && a.value == b.value &&
           a.method == b.method && a.params == b.params;
}

}  // namespace

Result<Message> LocalChain::find_message(const Cid& cid) {
    if (const auto pending = pool_.find(cid)) return pending->message;
    STRATA_TRY(const bool here, lasting(chain_.blocks()).has(cid));
    if (!here) return fail(Errc::not_found, "this node does not know message " + cid.to_string());
    if (auto message = chain_.message(cid)) return std::move(*message);
    const auto signed_message = chain_.signed_message(cid);
    return signed_message ? Result<Message>(signed_message->message)
                          : fail(Errc::not_found, "the block with CID " + cid.to_string() + " is not a message");
}

// Returns the CID under which a block of the tipset lists a message.
Result<Cid> LocalChain::listed_cid(const Tipset& tipset, const Message& message) {
    const Cid unsigned_cid = message.cid();
    for (const auto& block : tipset.blocks()) {
        STRATA_TRY(const auto messages, chain_.messages(block));
        for (const auto& listed : messages.secp)
            if (listed.message.cid() == unsigned_cid) return listed.cid();
    }
    return unsigned_cid;
}

// Looks for a message among those executed in the parents of `child`; the header of `child` records their receipts. A
// receipt has the index of its message among the executed ones, each counted once.
Result<std::optional<MessageLookup>> LocalChain::find_executed(const TipsetPtr& child, const Cid& cid,
                                                               const Message& wanted, bool allow_replaced) {
    STRATA_TRY(const auto tipset, chain_.parent(*child));
    STRATA_TRY(const auto blocks, states_.messages_of(*tipset));
    std::set<Cid> seen;
    for (const auto& messages : blocks) {
        for (const auto& [message, length] : messages) {
            const std::size_t index = seen.size();
            if (!seen.insert(message.cid()).second) continue;
            if (message.from != wanted.from || message.nonce != wanted.nonce) continue;
            STRATA_TRY(const Cid listed, listed_cid(*tipset, message));
            if (listed != cid && !(allow_replaced && is_same_call(message, wanted)))
                return fail(Errc::verification, "a different message, " + listed.to_string() + ", took nonce " +
                                                    std::to_string(wanted.nonce) + " of sender " +
                                                    wanted.from.to_string());
            STRATA_TRY(const auto receipts, chain_.receipts(child->parent_receipts()));
            if (index >= receipts.size())
                return fail(Errc::internal, "the tipset of epoch " + std::to_string(tipset->height()) + " has " +
                                                std::to_string(receipts.size()) + " receipts, but message " +
                                                listed.to_string() + " has the index " + std::to_string(index));
            return std::optional(MessageLookup{
                .message = listed, .receipt = receipts[index], .executed_in = child, .height = child->height()});
        }
    }
    return std::optional<MessageLookup>{};
}

// Returns the lowest tipset from `tip` down, above `floor`, in whose parent state the sender's nonce has passed
// `nonce`; null if there is none. A nonce never falls along a chain, so the search first doubles its steps back until
// it meets a state where the nonce has not passed, and then halves the range. Where it meets a state that is not kept,
// it goes back in smaller and smaller steps.
Result<TipsetPtr> LocalChain::first_after(const TipsetPtr& tip, const Address& sender, Nonce nonce, ChainEpoch floor) {
    const auto has_passed = [&](const TipsetPtr& at) -> Result<bool> {
        const auto there = nonce_in(chain_.blocks(), at->parent_state_root(), sender);
        if (!there) return explain_not_kept(there.error(), blocks(), *at);
        return *there && **there > nonce;
    };
    STRATA_TRY(bool passed, has_passed(tip));
    if (!passed) return TipsetPtr();
    TipsetPtr high = tip;
    TipsetPtr low;
    bool near_end = false;  // of the states that are kept
    for (ChainEpoch step = 1; !low; step = near_end ? std::max<ChainEpoch>(1, step / 2) : step * 2) {
        if (high->height() <= floor) return TipsetPtr();
        const ChainEpoch epoch = std::max(floor, high->height() - step);
        STRATA_TRY(auto at, chain_.tipset_at(epoch, high, ChainStore::Null::previous));
        STRATA_TRY(const bool here, blocks().has(at->parent_state_root()));
        if (!here && step == 1) return state_not_kept(at->height());
        near_end = near_end || !here;
        if (!here) continue;
        STRATA_TRY(passed, has_passed(at));
        (passed ? high : low) = std::move(at);
    }
    for (;;) {
        const ChainEpoch middle = low->height() + (high->height() - low->height()) / 2;
        STRATA_TRY(auto at, chain_.tipset_at(middle, high, ChainStore::Null::previous));
        if (at->height() <= low->height()) {
            STRATA_TRY(at, chain_.tipset_at(low->height() + 1, high, ChainStore::Null::next));
        }
        if (at->height() == high->height()) return high;
        STRATA_TRY(passed, has_passed(at));
        (passed ? high : low) = std::move(at);
    }
}

Result<std::optional<MessageLookup>> LocalChain::search_from(const TipsetPtr& from, const Cid& cid, ChainEpoch lookback,
                                                             bool allow_replaced) {
    STRATA_TRY(const Message wanted, find_message(cid));
    const ChainEpoch floor = lookback == kNoLimit ? 0 : std::max<ChainEpoch>(0, from->height() - lookback);
    STRATA_TRY(const auto child, first_after(from, wanted.from, wanted.nonce, floor));
    if (!child || child->height() <= floor) return std::optional<MessageLookup>{};
    return find_executed(child, cid, wanted, allow_replaced);
}

}  // namespace strata::chain
