#include <strata/chain/executed_tipset.hpp>

#include <set>

#include <strata/chain/execution.hpp>
#include <strata/ipld/amt.hpp>
#include <strata/vm/executor.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::chain {
namespace {

constexpr unsigned kEventsBitWidth = 5;  // docs/protocol/fvm.md §3.7

/// Returns the events of each message, from the lists that the receipts name.
Result<std::vector<std::vector<vm::StampedEvent>>> stored_events(Chain& chain, const ExecutedTipset& executed) {
    std::vector<std::vector<vm::StampedEvent>> out(executed.receipts.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
        if (!executed.receipts[i].events_root) continue;
        STRATA_TRY(const auto list, AmtArray<vm::StampedEvent>::load(chain.blocks(), *executed.receipts[i].events_root,
                                                                     kEventsBitWidth));
        STRATA_OK(list.for_each([&](std::uint64_t, const vm::StampedEvent& event) -> Status {
            out[i].push_back(event);
            return {};
        }));
    }
    return out;
}

Result<std::vector<std::vector<vm::StampedEvent>>> executed_events(Chain& chain, const ExecutedTipset& executed) {
    STRATA_TRY(auto again, chain.execute(*executed.tipset));
    if (again.messages.size() != executed.receipts.size())
        return fail(Errc::internal, "an execution of the tipset of epoch " + std::to_string(executed.tipset->height()) +
                                        " gave " + std::to_string(again.messages.size()) + " receipts, expected " +
                                        std::to_string(executed.receipts.size()));
    std::vector<std::vector<vm::StampedEvent>> out;
    out.reserve(again.messages.size());
    for (auto& message : again.messages) out.push_back(std::move(message.applied.events));
    return out;
}

Result<ExecutedTipset> with_results(Chain& chain, const TipsetPtr& tipset, const TipsetState& after) {
    ExecutedTipset out{.tipset = tipset, .state_root = after.state_root, .messages = {}, .receipts = {}};
    STRATA_TRY(out.messages, messages_in_order(chain, *tipset));
    STRATA_TRY(out.receipts, chain.receipts(after.receipts_root));
    if (out.messages.size() != out.receipts.size())
        return fail(Errc::internal, "the tipset of epoch " + std::to_string(tipset->height()) + " has " +
                                        std::to_string(out.messages.size()) + " messages and " +
                                        std::to_string(out.receipts.size()) + " receipts");
    return out;
}

/// Returns the delegated address of an actor, or otherwise its ID.
Result<Address> address_of(vm::StateTree& state, ActorId actor) {
    STRATA_TRY(const auto found, state.get(actor));
    return found && found->delegated_address ? *found->delegated_address : Address::id(actor);
}

}  // namespace

Result<std::vector<SignedMessage>> messages_in_order(Chain& chain, const Tipset& tipset) {
    // Executed messages are unsigned, so the signed forms are looked up in the blocks.
    std::map<Cid, SignedMessage> signed_forms;
    for (const auto& block : tipset.blocks()) {
        STRATA_TRY(auto messages, chain.messages(block));
        for (auto& message : messages.secp) {
            const Cid cid = message.message.cid();
            signed_forms.emplace(cid, std::move(message));
        }
    }
    STRATA_TRY(auto blocks, chain.messages_of(tipset));
    std::vector<SignedMessage> out;
    std::set<Cid> seen;
    for (auto& messages : blocks) {
        for (auto& one : messages) {
            const Cid cid = one.message.cid();
            if (!seen.insert(cid).second) continue;
            const auto it = signed_forms.find(cid);
            out.push_back(it != signed_forms.end() ? std::move(it->second)
                                                   : SignedMessage{std::move(one.message), {Signature::Type::bls, {}}});
        }
    }
    return out;
}

Result<ExecutedTipset> executed_tipset(Chain& chain, const TipsetPtr& tipset) {
    STRATA_TRY(const auto after, chain.state_after(tipset));
    return with_results(chain, tipset, after);
}

Result<ExecutedTipset> executed_tipset(Chain& chain, const TipsetPtr& tipset, const Tipset& child) {
    return with_results(chain, tipset, {child.parent_state_root(), child.parent_receipts()});
}

Result<std::vector<TipsetEvent>> events_of(Chain& chain, const ExecutedTipset& executed, LostEvents lost) {
    if (std::ranges::none_of(executed.receipts, [](const Receipt& receipt) { return receipt.events_root.has_value(); }))
        return std::vector<TipsetEvent>{};
    auto by_message = stored_events(chain, executed);
    if (!by_message && by_message.error().code() == Errc::missing_block && lost == LostEvents::execute)
        by_message = executed_events(chain, executed);
    if (!by_message)
        return std::move(by_message)
            .error()
            .with_context("the events of epoch " + std::to_string(executed.tipset->height()));
    STRATA_TRY(auto state, vm::StateTree::load(chain.blocks(), executed.state_root));
    std::map<ActorId, Address> addresses;
    std::vector<TipsetEvent> out;
    for (std::size_t i = 0; i < by_message->size(); ++i) {
        for (auto& event : (*by_message)[i]) {
            auto it = addresses.find(event.emitter);
            if (it == addresses.end()) {
                STRATA_TRY(auto address, address_of(state, event.emitter));
                it = addresses.emplace(event.emitter, std::move(address)).first;
            }
            out.push_back({.message = i,
                           .number = out.size(),
                           .emitter = event.emitter,
                           .address = it->second,
                           .entries = std::move(event.entries)});
        }
    }
    return out;
}

}  // namespace strata::chain
