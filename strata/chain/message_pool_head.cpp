// How the pool follows the chain: local messages across restarts, changes of head, pruning, selection.
#include <strata/chain/base_fee.hpp>
#include <strata/chain/message_pool.hpp>
#include <strata/chain/reorg.hpp>

namespace strata::chain {
namespace {

constexpr std::string_view kLocalKey = "pool/local/";
// Source: node.md §14.1.
constexpr std::int64_t kPatientDivisor = 10;  // of the base fee, for messages that may wait a while
constexpr std::size_t kRepublished = 30;

std::string local_key(const Cid& cid) {
    return std::string(kLocalKey) + cid.to_string();
}

TokenAmount patient_base_fee(const TokenAmount& base_fee) {
    return max(BigInt(kMinimumBaseFee), div_floor(base_fee, kPatientDivisor));
}

}  // namespace

Status MessagePool::open() {
    const std::lock_guard lock(mutex_);
    return load_local();
}

Status MessagePool::load_local() {
    std::vector<SignedMessage> messages;
    std::vector<store::Write> stale;
    STRATA_OK(states_.chain().meta().for_each(kLocalKey, [&](std::string_view key, BytesView value) -> Result<bool> {
        if (auto message = from_cbor<SignedMessage>(value))
            messages.push_back(std::move(*message));
        else
            stale.push_back({std::string(key), std::nullopt});
        return true;
    }));
    // By nonce, so that none of them finds a gap.
    std::ranges::sort(messages, {}, [](const SignedMessage& m) { return m.message.nonce; });
    for (const auto& message : messages) {
        local_senders_.insert(message.message.from);
        const auto added = add_locked(message, AddKind::local);
        if (!added && added.error().is_fatal()) return added.error();
        if (!added) stale.push_back({local_key(message.cid()), std::nullopt});
    }
    return stale.empty() ? Status{} : states_.chain().meta().write(stale);
}

Result<Cid> MessagePool::add(const SignedMessage& message, AddKind kind) {
    const std::lock_guard lock(mutex_);
    STRATA_TRY(const Cid cid, add_locked(message, kind));
    if (kind == AddKind::local) {
        local_senders_.insert(message.message.from);
        STRATA_OK(states_.chain().meta().put(local_key(cid), to_cbor(message)));
    }
    STRATA_OK(prune());
    return cid;
}

// Of a sender as a block may name it: by ID, too. Nothing for one that the head does not know.
Result<std::optional<Address>> MessagePool::key_of(const Address& from) {
    if (!from.as_id()) return std::optional(from);
    STRATA_TRY(Head* const at, head());
    const auto account = sender_account(at->state, at->manifest, from);
    if (account) return std::optional(account->key);
    if (account.error().is_fatal()) return account.error();
    return std::optional<Address>{};
}

Status MessagePool::put_back(const Tipset& reverted, PendingMessages& into) {
    const auto put = [&](const SignedMessage& message) -> Status {
        STRATA_TRY(const auto key, key_of(message.message.from));
        if (key) into[*key].try_emplace(message.message.nonce, message);
        return {};
    };
    for (const auto& block : reverted.blocks()) {
        STRATA_TRY(const auto messages, states_.chain().messages(block));
        for (const auto& message : messages.secp) STRATA_OK(put(message));
        for (const auto& message : messages.bls)
            if (const auto it = bls_signatures_.find(message.cid()); it != bls_signatures_.end())
                STRATA_OK(put({message, it->second}));
    }
    return {};
}

Status MessagePool::remove_included(const Tipset& applied) {
    std::vector<store::Write> included;
    const auto remove = [&](const Message& message) -> Status {
        STRATA_TRY(const auto key, key_of(message.from));
        const auto sender = key ? senders_.find(*key) : senders_.end();
        if (sender == senders_.end()) return {};
        const auto it = sender->second.find(message.nonce);
        if (it == sender->second.end()) return {};
        if (local_senders_.contains(*key)) included.push_back({local_key(it->second.cid()), std::nullopt});
        drop(*key, message.nonce);
        return {};
    };
    for (const auto& block : applied.blocks()) {
        STRATA_TRY(const auto messages, states_.chain().messages(block));
        for (const auto& message : messages.bls) STRATA_OK(remove(message));
        for (const auto& message : messages.secp) STRATA_OK(remove(message.message));
    }
    return included.empty() ? Status{} : states_.chain().meta().write(included);
}

Status MessagePool::head_changed(const std::vector<TipsetPtr>& reverted, const std::vector<TipsetPtr>& applied) {
    const std::lock_guard lock(mutex_);
    PendingMessages back;
    for (const auto& tipset : reverted) STRATA_OK(put_back(*tipset, back));
    std::vector<store::Write> local;
    for (const auto& [from, messages] : back) {
        for (const auto& [nonce, message] : messages) {
            if (const auto it = senders_.find(from); it != senders_.end() && it->second.contains(nonce)) continue;
            keep(message);
            if (local_senders_.contains(from)) local.push_back({local_key(message.cid()), to_cbor(message)});
        }
    }
    if (!local.empty()) STRATA_OK(states_.chain().meta().write(local));
    for (const auto& tipset : applied) STRATA_OK(remove_included(*tipset));
    return prune();
}

Result<std::vector<MessageChain>> MessagePool::chains_on(Head& head, const PendingMessages& pending,
                                                         const TokenAmount& base_fee) const {
    std::vector<MessageChain> chains;
    for (const auto& [from, messages] : pending) {
        const auto account = sender_account(head.state, head.manifest, from);
        if (!account && account.error().is_fatal()) return account.error();
        // A sender that is unknown on this fork.
        if (!account) continue;
        append_chains(chains, messages, {account->nonce, account->balance}, base_fee);
    }
    return chains;
}

Result<std::vector<SignedMessage>> MessagePool::select(const TipsetPtr& base, TicketQuality quality) {
    const std::lock_guard lock(mutex_);
    STRATA_TRY(Head at, load_head(base));
    PendingMessages pending = senders_;
    // The pool follows the head; a block on another tipset may also take what only the head has included.
    STRATA_TRY(const auto way, way_between(states_.chain(), states_.chain().head(), base));
    for (const auto& tipset : way.reverted) STRATA_OK(put_back(*tipset, pending));
    STRATA_TRY(auto chains, chains_on(at, pending, at.base_fee));
    return select_messages(std::move(chains), quality);
}

// Without a cool-down: after pruning there is room for a third of the pool before it happens again.
Status MessagePool::prune() {
    if (by_cid_.size() < limits_.high) return {};
    STRATA_TRY(Head* const at, head());
    STRATA_TRY(const auto chains, chains_on(*at, senders_, patient_base_fee(at->base_fee)));
    std::set<Cid> kept;
    for (const auto& from : local_senders_)
        if (const auto it = senders_.find(from); it != senders_.end())
            for (const auto& [nonce, message] : it->second) kept.insert(message.cid());
    for (const std::size_t i : best_first(chains))
        for (const auto& message : chains[i].messages)
            if (kept.size() < limits_.low) kept.insert(message.cid());
    const auto all = by_cid_;
    for (const auto& [cid, place] : all)
        if (!kept.contains(cid)) drop(place.first, place.second);
    return {};
}

Result<std::vector<SignedMessage>> MessagePool::to_republish() {
    const std::lock_guard lock(mutex_);
    STRATA_TRY(Head* const at, head());
    const TokenAmount base_fee = patient_base_fee(at->base_fee);
    PendingMessages local;
    for (const auto& from : local_senders_)
        if (const auto it = senders_.find(from); it != senders_.end()) local.insert(*it);
    STRATA_TRY(const auto chains, chains_on(*at, local, base_fee));
    std::vector<SignedMessage> out;
    for (const std::size_t i : best_first(chains))
        for (const auto& message : chains[i].messages)
            if (out.size() < kRepublished && message.message.gas_fee_cap >= base_fee) out.push_back(message);
    return out;
}

}  // namespace strata::chain
